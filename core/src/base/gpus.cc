#include "base/gpus.h"

#include <dlfcn.h>

#include <array>

namespace r50::base {
namespace {

// Four functions of the driver's C interface, which has kept them since its first version. So a
// build without CUDA's headers knows the names of GPUs, and nvidia-smi is not needed.
template <typename Function>
Function* function_of(void* library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library, name));
}

}  // namespace

std::vector<std::string> gpu_names(const char* driver) {
  std::vector<std::string> names;
  // Never closed: libtorch uses it too, and the driver does not survive being unloaded.
  void* const library = ::dlopen(driver, RTLD_NOW | RTLD_LOCAL);
  if (!library) return names;
  const auto init = function_of<int(unsigned)>(library, "cuInit");
  const auto count_of = function_of<int(int*)>(library, "cuDeviceGetCount");
  const auto get = function_of<int(int*, int)>(library, "cuDeviceGet");
  const auto name_of = function_of<int(char*, int, int)>(library, "cuDeviceGetName");
  int count = 0;
  if (!init || !count_of || !get || !name_of || init(0) != 0 || count_of(&count) != 0) return names;
  for (int i = 0; i < count; ++i) {
    int device = 0;
    std::array<char, 256> name{};
    if (get(&device, i) != 0 || name_of(name.data(), name.size() - 1, device) != 0) break;
    names.emplace_back(name.data());
  }
  return names;
}

}  // namespace r50::base
