// A good plugin but for its stamp, of which OTHER_ABI and its like (CMakeLists.txt) change a part.
#include "good/constant_rate.h"

#if defined(OTHER_ABI)
#undef R50_ABI
#define R50_ABI 0
#elif defined(OTHER_TORCH)
#undef R50_TORCH_VERSION
#define R50_TORCH_VERSION "1.9"
#elif defined(OTHER_CXX_ABI)
#undef R50_CXX_ABI
#define R50_CXX_ABI ".cxx98"
#elif defined(OTHER_SANITIZER)
#undef R50_SANITIZER
#if defined(__SANITIZE_THREAD__)
#define R50_SANITIZER ".asan"
#else
#define R50_SANITIZER ".tsan"
#endif
#elif defined(OTHER_EVERYTHING)
#undef R50_STAMP
#define R50_STAMP ".r50.abi77.torch1.9.cxx98.msan"
#endif

R50_PLUGIN(ConstantRate, OTHER_NAME)
