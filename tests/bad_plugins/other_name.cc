#include "good/constant_rate.h"

R50_PLUGIN(ConstantRate, "constant")
