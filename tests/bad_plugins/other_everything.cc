#include "good/constant_rate.h"
#undef R50_STAMP
#define R50_STAMP ".r50.abi77.torch1.9.cxx98.msan"

R50_PLUGIN(ConstantRate, "other_everything")
