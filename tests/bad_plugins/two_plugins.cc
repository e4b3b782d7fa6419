#include "good/constant_rate.h"

namespace {
__attribute__((section(R50_STAMP), used, retain)) const unsigned stamp = R50_ABI;
}
extern "C" R50_EXPORT void r50_register(r50::Registrar& registrar) {
  registrar.add<ConstantRate>("two_plugins");
  registrar.add<ConstantRate>("three_plugins");
}
