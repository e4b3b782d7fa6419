#pragma once

// Child processes, and what this process may use of the machine.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace r50::base {

struct Finished {
  int exit_code = 0;   // 127 if the program was not found; 128 + n if signal n ended it
  std::string output;  // what it wrote to stdout
  std::string errors;  // and to stderr
};

struct ProcessOptions {
  std::string input = {};                                             // given to its stdin
  std::vector<std::pair<std::string, std::string>> environment = {};  // added to ours
  std::string folder = {};                                            // to run in; empty: ours
};

// Runs argv[0], searched on PATH, and waits for its end.
Finished run_process(const std::vector<std::string>& argv, const ProcessOptions& options = {});

struct CpuFeatures {
  bool avx2 = false;
  bool avx512f = false;
  bool avx512_bf16 = false;
  bool amx_bf16 = false;
};

// `root` is where /proc and /sys are looked for, so that tests can show other machines.
std::string cpu_model(const std::string& root = "");
CpuFeatures cpu_features(const std::string& root = "");

// Cores this process may run on: its affinity, and the quota of its control groups (containers,
// SLURM), rounded up.
int usable_cores(const std::string& root = "");

// Bytes: of the machine, or of the tightest control group.
std::uint64_t total_memory(const std::string& root = "");
std::uint64_t usable_memory(const std::string& root = "");
// The part of usable_memory() that is free.
std::uint64_t available_memory(const std::string& root = "");

std::uint64_t peak_memory();  // the most this process has had resident
// The names of the GPUs that this process sees, in CUDA's own order (CUDA_VISIBLE_DEVICES and
// CUDA_DEVICE_ORDER count): place 1 is the name of cuda:1. NVIDIA's driver is loaded for it; the
// list is empty where there is no driver or it does not answer. `driver` is its file, for tests.
std::vector<std::string> gpu_names(const char* driver = "libcuda.so.1");

int process_id();
std::string host_name();

}  // namespace r50::base
