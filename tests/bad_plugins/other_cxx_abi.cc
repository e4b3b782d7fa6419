#include "good/constant_rate.h"
#undef R50_CXX_ABI
#define R50_CXX_ABI ".cxx98"

R50_PLUGIN(ConstantRate, "other_cxx_abi")
