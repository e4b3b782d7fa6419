#pragma once

// Work divided among libtorch's own compute threads. In a file of its own because at::parallel_for
// is a template that divides nothing where it is compiled without OpenMP, and says nothing.

#include <cstdint>
#include <functional>

namespace r50::nn {

// Calls work(first, last) for parts of [0, count), each of `grain` at least, and waits for all. The
// parts depend on the number of threads.
void in_parallel(std::int64_t count, std::int64_t grain,
                 const std::function<void(std::int64_t first, std::int64_t last)>& work);

}  // namespace r50::nn
