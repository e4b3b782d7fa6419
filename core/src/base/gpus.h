#pragma once

#include <string>
#include <vector>

namespace r50::base {

// The names of the GPUs that this process sees, in CUDA's own order (CUDA_VISIBLE_DEVICES and
// CUDA_DEVICE_ORDER count): place 1 is the name of cuda:1. NVIDIA's driver is loaded for it; the
// list is empty where there is no driver or it does not answer. `driver` is its file, for tests.
std::vector<std::string> gpu_names(const char* driver = "libcuda.so.1");

}  // namespace r50::base
