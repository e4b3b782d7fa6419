#include "good/constant_rate.h"
#undef R50_SANITIZER
#if defined(__SANITIZE_THREAD__)
#define R50_SANITIZER ".asan"
#else
#define R50_SANITIZER ".tsan"
#endif

R50_PLUGIN(ConstantRate, "other_sanitizer")
