#include <dlfcn.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>

#include "base/process.h"

namespace r50::base {
namespace {

std::optional<std::string> content_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// "model name : AMD EPYC", "MemTotal:   24684096 kB": the value of the first line with that name.
std::string value_of(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || line.compare(0, name.size(), name) != 0) continue;
    if (line.find_last_not_of(" \t", colon - 1) + 1 != name.size()) continue;
    const std::size_t start = line.find_first_not_of(" \t", colon + 1);
    return start == std::string::npos ? "" : line.substr(start);
  }
  return "";
}

std::uint64_t kilobytes(const std::string& path, const std::string& name) {
  std::istringstream text(value_of(path, name));
  std::uint64_t amount = 0;
  text >> amount;
  return amount * 1024;
}

// Calls `visit` with the folder of each control group this process is in, from its own up to the
// root: limits hold on every level. Version 2 has one tree, version 1 one a controller.
void each_group(const std::string& root, const std::string& controller,
                const std::function<void(const std::string& folder, bool version2)>& visit) {
  std::istringstream lines(content_of(root + "/proc/self/cgroup").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    const bool version2 = controllers == ",,";
    if (!version2 && controllers.find("," + controller + ",") == std::string::npos) continue;
    const std::string tree = root + "/sys/fs/cgroup" + (version2 ? "" : "/" + controller);
    std::string group = line.substr(second + 1);
    while (!group.empty() && group != "/") {
      visit(tree + group, version2);
      group.erase(group.rfind('/') == std::string::npos ? 0 : group.rfind('/'));
    }
    visit(tree, version2);
  }
}

std::optional<std::uint64_t> number_in(const std::string& path) {
  std::istringstream text(content_of(path).value_or(""));
  std::uint64_t number = 0;
  if (text >> number) return number;  // "max" is no number, and no limit
  return std::nullopt;
}

// Page cache that the kernel gives back before memory runs out. `memory.stat` has "name number"
// lines.
std::uint64_t reclaimable(const std::string& folder, bool version2) {
  std::istringstream text(content_of(folder + "/memory.stat").value_or(""));
  const std::string wanted = version2 ? "inactive_file" : "total_inactive_file";
  std::string name;
  for (std::uint64_t number = 0; text >> name >> number;) {
    if (name == wanted) return number;
  }
  return 0;
}

// Four functions of the driver's C interface, which has kept them since its first version. So a
// build without CUDA's headers knows the names of GPUs, and nvidia-smi is not needed.
template <typename Function>
Function* function_of(void* library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library, name));
}

}  // namespace

std::string cpu_model(const std::string& root) {
  const std::string name = value_of(root + "/proc/cpuinfo", "model name");
  return name.empty() ? "unknown CPU" : name;
}

CpuFeatures cpu_features(const std::string& root) {
  const std::string flags = " " + value_of(root + "/proc/cpuinfo", "flags") + " ";
  const auto has = [&](const std::string& flag) {
    return flags.find(" " + flag + " ") != std::string::npos;
  };
  return {has("avx2"), has("avx512f"), has("avx512_bf16"), has("amx_bf16")};
}

int usable_cores(const std::string& root) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  int cores = 1;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
    cores = std::max(1, CPU_COUNT(&allowed));
  } else {  // more than 1024 CPUs do not fit the set
    cores = std::max(1, static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)));
  }
  each_group(root, "cpu", [&](const std::string& folder, bool version2) {
    double quota = -1;
    double period = 0;
    if (version2) {
      std::istringstream text(content_of(folder + "/cpu.max").value_or(""));
      text >> quota >> period;
    } else {
      // "-1" means no quota, and is no unsigned number either.
      std::istringstream text(content_of(folder + "/cpu.cfs_quota_us").value_or(""));
      text >> quota;
      period = static_cast<double>(number_in(folder + "/cpu.cfs_period_us").value_or(0));
    }
    if (quota <= 0 || period <= 0) return;
    const int whole = static_cast<int>(std::min(quota / period, 1e6));
    cores = std::min(cores, std::max(1, whole < quota / period ? whole + 1 : whole));
  });
  return cores;
}

std::uint64_t total_memory(const std::string& root) {
  return kilobytes(root + "/proc/meminfo", "MemTotal");
}

std::uint64_t usable_memory(const std::string& root) {
  std::uint64_t least = total_memory(root);
  each_group(root, "memory", [&](const std::string& folder, bool version2) {
    const auto limit = number_in(folder + (version2 ? "/memory.max" : "/memory.limit_in_bytes"));
    if (limit) least = std::min(least, *limit);
  });
  return least;
}

std::uint64_t available_memory(const std::string& root) {
  std::uint64_t least = kilobytes(root + "/proc/meminfo", "MemAvailable");
  each_group(root, "memory", [&](const std::string& folder, bool version2) {
    const auto limit = number_in(folder + (version2 ? "/memory.max" : "/memory.limit_in_bytes"));
    const auto used = number_in(folder + (version2 ? "/memory.current" : "/memory.usage_in_bytes"));
    if (!limit || !used) return;
    const std::uint64_t held = *used - std::min(*used, reclaimable(folder, version2));
    least = std::min(least, *limit - std::min(*limit, held));
  });
  return least;
}

std::uint64_t peak_memory() { return kilobytes("/proc/self/status", "VmHWM"); }

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

int process_id() { return ::getpid(); }

std::string host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0) return "unknown host";
  return name;
}

}  // namespace r50::base
