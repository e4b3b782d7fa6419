#pragma once

// What a run runs on, and the choices made from it. Said in the first log lines and by `env`, and
// kept in run.json: continuing elsewhere is allowed, and said.

#include <cstdint>
#include <string>
#include <vector>

#include "config/experiment.h"
#include "nn/conv_paths.h"
#include "train/trainer.h"

namespace r50::machine {

struct Machine {
  std::string device = "cpu";
  std::string gpu;           // model name of the device; empty on a CPU
  std::string cpu;           // model name
  std::string instructions;  // the widest that libtorch's kernels use here
  int cores = 1;
  std::uint64_t memory = 0;  // bytes this process may use
  std::string libtorch;
  int compute_threads = 1;
  int loader_threads = 1;
  std::string threads_why;
  train::FloatType precision = train::FloatType::fp32;
  std::string precision_why;
  std::vector<nn::PathRule> conv_rules;  // of the experiment
  bool fast_step = true;                 // r50's kernels may be used where there are some
  std::uint64_t keep_memory = 0;         // bytes that tensors may keep between steps; 0: none
  bool huge_pages = false;               // for that memory
};

std::string precision_name(train::FloatType precision);

// `device` is "auto", "cpu" or "cuda:N".
Machine choose_machine(const std::string& device, const config::RunTable& run,
                       std::int64_t loader_threads = 0);

// Makes libtorch and OpenMP use what was chosen. Once, before the first tensor.
void apply(const Machine& machine);

// "device     cpu (AMD EPYC, 2 cores, AVX-512 bf16)" and so on, one a line.
std::vector<std::string> describe(const Machine& machine);

}  // namespace r50::machine
