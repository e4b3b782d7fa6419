// A stamp, but no entry: hand-written and wrong.
#include "good/constant_rate.h"

namespace {
__attribute__((section(R50_STAMP), used, retain)) const unsigned stamp = R50_ABI;
}
