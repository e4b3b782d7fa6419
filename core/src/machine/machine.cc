#include "machine/machine.h"

#include <absl/strings/str_format.h>

#include <malloc.h>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <torch/headeronly/version.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>

#include "base/block_heap.h"
#include "base/process.h"
#include "machine/kept_memory.h"
#include "nn/kernel_choice.h"
#include "r50/error.h"
#include "train/forward.h"

namespace r50::machine {
namespace {

// Of "cuda" and "cuda:N"; nothing for anything else.
std::optional<int> cuda_index(const std::string& device) {
  if (device == "cuda") return 0;
  constexpr std::string_view prefix = "cuda:";
  if (device.rfind(prefix, 0) != 0) return std::nullopt;
  const char* const end = device.data() + device.size();
  int index = 0;
  const auto read = std::from_chars(device.data() + prefix.size(), end, index);
  if (read.ec != std::errc() || read.ptr != end || index < 0) return std::nullopt;
  return index;
}

std::string choose_device(const std::string& wish) {
  const bool cuda = at::hasCUDA();
  if (wish == "auto") return cuda ? "cuda:0" : "cpu";
  if (wish == "cpu") return wish;
  const std::optional<int> index = cuda_index(wish);
  if (!index) throw WrongInput("--device is '" + wish + "'; it may be auto, cpu or cuda:N");
  if (!cuda) {
    throw WrongInput("--device " + wish +
                     ": this libtorch sees no CUDA device here; use "
                     "--device cpu, or build against a CUDA libtorch (R50_LIBTORCH) on a machine "
                     "that has one");
  }
  const int count = at::detail::getCUDAHooks().getNumGPUs();
  if (*index >= count) {
    throw WrongInput(
        count == 1 ? absl::StrFormat("--device %s: there is one CUDA device, cuda:0", wish)
                   : absl::StrFormat("--device %s: there are %d CUDA devices, cuda:0 to cuda:%d",
                                     wish, count, count - 1));
  }
  return absl::StrFormat("cuda:%d", *index);
}

std::string gpu_of(const std::string& device) {
  const std::optional<int> index = cuda_index(device);
  if (!index) return "";
  const std::vector<std::string> names = base::gpu_names();
  const auto place = static_cast<std::size_t>(*index);
  return place < names.size() ? names[place] : "a GPU without a name";
}

std::string widest_instructions() {
  std::string text = at::get_cpu_capability();
  const base::CpuFeatures cpu = base::cpu_features();
  if (cpu.avx512_bf16) text += " with bf16";
  if (cpu.amx_bf16) text += " and AMX";
  return text;
}

void choose_precision(Machine& machine, config::Precision wish) {
  const bool cpu = machine.device == "cpu";
  switch (wish) {
    case config::Precision::fp32:
      machine.precision = train::FloatType::fp32;
      machine.precision_why = "asked for";
      return;
    case config::Precision::bf16:
      machine.precision = train::FloatType::bf16;
      machine.precision_why = "asked for";
      return;
    case config::Precision::fp16:
      if (cpu) {
        throw WrongInput(
            "[run] precision = \"fp16\" needs a GPU; on a CPU use \"bf16\", \"fp32\" "
            "or \"auto\"");
      }
      machine.precision = train::FloatType::fp16;
      machine.precision_why = "asked for";
      return;
    case config::Precision::automatic:
      break;
  }
  if (cpu) {
    // Without these instructions bf16 is emulated and slower than fp32.
    const base::CpuFeatures features = base::cpu_features();
    const bool fast = features.avx512_bf16 || features.amx_bf16;
    machine.precision = fast ? train::FloatType::bf16 : train::FloatType::fp32;
    machine.precision_why = fast ? "auto: this CPU multiplies bf16 in hardware"
                                 : "auto: this CPU has no bf16 instructions";
    return;
  }
  const bool bf16 = at::detail::getCUDAHooks().supportsBFloat16ConvolutionWithCuDNNv8();
  machine.precision = bf16 ? train::FloatType::bf16 : train::FloatType::fp16;
  machine.precision_why = bf16 ? "auto: this GPU has bf16 tensor cores"
                               : "auto: this GPU has no bf16; fp16 with a loss scaler";
}

std::string gigabytes(std::uint64_t bytes) {
  return absl::StrFormat("%.1f GiB", static_cast<double>(bytes) / (1 << 30));
}

// The two lists of names are in the same order.
static_assert(static_cast<int>(config::ConvPass::weight_gradient) ==
              static_cast<int>(nn::ProductPass::weight_gradient));
static_assert(static_cast<int>(config::ConvPath::tiles) ==
              static_cast<int>(nn::ProductPath::tiles));
static_assert(static_cast<int>(config::ConvPath::columns) ==
              static_cast<int>(nn::ProductPath::columns));

nn::PathRule as_rule(const config::ConvRule& rule) {
  return {static_cast<nn::ProductPass>(rule.pass),
          rule.type == config::Precision::fp32 ? c10::kFloat : c10::kBFloat16,
          rule.kernel,
          rule.stride,
          rule.in,
          rule.out,
          rule.least_pixels,
          rule.most_pixels,
          rule.threads,
          static_cast<nn::ProductPath>(rule.path)};
}

std::string kept_text(const Machine& machine) {
  if (machine.device != "cpu") return "the device's own is libtorch's business";
  if (machine.keep_memory == 0) return "tensors give theirs back at every step (keep_memory = 0)";
  std::string text = "tensors keep theirs between steps";
  if (machine.keep_memory < machine.memory) text += ", up to " + gigabytes(machine.keep_memory);
  return text +
         (machine.huge_pages ? ", in huge pages" : "; huge pages are off, which costs some speed");
}

std::string step_text(const Machine& machine) {
  if (!machine.fast_step) return "libtorch's operators ([run] step = \"aten\")";
  if (machine.device != "cpu") return "libtorch's operators (r50's kernels are for CPUs)";
  const std::string why = nn::no_kernels_because(train::number_type(machine.precision));
  if (!why.empty()) return "libtorch's operators (" + why + ")";
  return "r50's kernels (AVX-512)";
}

// What is no tensor, or a small one, comes from malloc: scratch space of libtorch and oneDNN. glibc
// would give it back to the kernel, too, and fault it in again, a page at a time.
void keep_malloc_memory() {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, 16 << 20);
  ::mallopt(M_TRIM_THRESHOLD, -1);
#endif
}

}  // namespace

std::string precision_name(train::FloatType precision) {
  switch (precision) {
    case train::FloatType::bf16:
      return "bf16";
    case train::FloatType::fp16:
      return "fp16";
    case train::FloatType::fp32:
      break;
  }
  return "fp32";
}

Machine choose_machine(const std::string& device, const config::RunTable& run,
                       std::int64_t loader_threads) {
  const std::int64_t compute_threads = run.threads;
  Machine machine;
  machine.device = choose_device(device);
  machine.gpu = gpu_of(machine.device);
  machine.cpu = base::cpu_model();
  machine.instructions = widest_instructions();
  machine.cores = std::max(1, base::usable_cores());
  machine.memory = base::usable_memory();
  machine.libtorch = TORCH_VERSION;
  machine.compute_threads = compute_threads > 0 ? static_cast<int>(compute_threads) : machine.cores;
  machine.loader_threads = loader_threads > 0 ? static_cast<int>(loader_threads) : machine.cores;
  machine.threads_why = compute_threads > 0 ? "asked for" : "one a core";
  choose_precision(machine, run.precision);
  for (const config::ConvRule& rule : run.conv) machine.conv_rules.push_back(as_rule(rule));
  machine.fast_step = run.step == config::StepKind::automatic;
  if (machine.device == "cpu") {
    machine.keep_memory =
        run.keep_memory ? static_cast<std::uint64_t>(*run.keep_memory * (1 << 30)) : machine.memory;
    machine.huge_pages = base::huge_pages_available();
  }
  return machine;
}

void apply(const Machine& machine) {
  at::set_num_threads(machine.compute_threads);
  keep_malloc_memory();
  nn::allow_fast_step(machine.fast_step);
  nn::set_conv_rules(machine.conv_rules);
  if (machine.keep_memory > 0) keep_tensor_memory(machine.keep_memory);
}

std::vector<std::string> describe(const Machine& machine) {
  return {
      absl::StrFormat("device     %s (%s%s, %d %s, %s)", machine.device,
                      machine.gpu.empty() ? "" : machine.gpu + "; ", machine.cpu, machine.cores,
                      machine.cores == 1 ? "core" : "cores", machine.instructions),
      absl::StrFormat("memory     %s usable; %s", gigabytes(machine.memory), kept_text(machine)),
      absl::StrFormat("threads    %d compute (%s), %d loading", machine.compute_threads,
                      machine.threads_why, machine.loader_threads),
      absl::StrFormat("precision  %s (%s)", precision_name(machine.precision),
                      machine.precision_why),
      "step       " + step_text(machine),
      "libtorch   " + machine.libtorch,
  };
}

}  // namespace r50::machine
