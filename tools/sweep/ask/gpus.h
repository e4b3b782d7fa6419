#pragma once

#include <string>
#include <vector>

namespace r50::sweep {

// The names of the GPUs that r50run would compute on here, in the order of CUDA_VISIBLE_DEVICES;
// none where it would compute on the CPU, for want of a GPU or because it is built without CUDA.
std::vector<std::string> gpus_of_r50run();

// The same of what `r50run env --json` has printed.
std::vector<std::string> gpus_in(const std::string& env_json);

}  // namespace r50::sweep
