#include "nn/compute_threads.h"

#include <ATen/Parallel.h>

#ifndef _OPENMP
#error "Without OpenMP this would run in one thread: see core/CMakeLists.txt"
#endif

namespace r50::nn {

void in_parallel(std::int64_t count, std::int64_t grain,
                 const std::function<void(std::int64_t first, std::int64_t last)>& work) {
  at::parallel_for(0, count, grain,
                   [&](std::int64_t first, std::int64_t last) { work(first, last); });
}

}  // namespace r50::nn
