#include "good/constant_rate.h"
#undef R50_ABI
#define R50_ABI 0

R50_PLUGIN(ConstantRate, "other_abi")
