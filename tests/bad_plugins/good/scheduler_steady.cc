#include "constant_rate.h"

R50_PLUGIN(ConstantRate, "steady")
