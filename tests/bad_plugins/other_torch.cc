#include "good/constant_rate.h"
#undef R50_TORCH_VERSION
#define R50_TORCH_VERSION "1.9"

R50_PLUGIN(ConstantRate, "other_torch")
