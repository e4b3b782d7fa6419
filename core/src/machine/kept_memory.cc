#include "machine/kept_memory.h"

#include <absl/strings/str_format.h>

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/impl/alloc_cpu.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>

#include "base/block_heap.h"

namespace r50::machine {
namespace {

// Smaller ones come from malloc, which keeps them by itself.
constexpr std::size_t large = std::size_t{1} << 20;

// Never destroyed: tensors in other objects of static life may be freed after it.
std::atomic<base::BlockHeap*> heap{nullptr};

void free_block(void* block) {
  if (block && !heap.load()->give_back(block)) c10::free_cpu(block);
}

class KeptMemory final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t bytes) override {
    if (bytes >= large) {
      if (void* block = heap.load()->take(bytes)) return in_cpu(block, &free_block);
    }
    return in_cpu(c10::alloc_cpu(bytes), &c10::free_cpu);  // throws, and says how much was wanted
  }
  c10::DeleterFnPtr raw_deleter() const override { return &free_block; }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }

 private:
  static c10::DataPtr in_cpu(void* block, c10::DeleterFnPtr deleter) {
    return {block, block, deleter, c10::Device(c10::DeviceType::CPU)};
  }
};

// Where addresses are limited (ulimit -v), others need them as well: the heap grows in pieces then.
std::size_t reserve_of(std::uint64_t most) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return most;
  return std::min<std::uint64_t>(most, limit.rlim_cur / 32);
}

}  // namespace

void keep_tensor_memory(std::uint64_t most) {
  if (heap.load()) return;
  heap = new base::BlockHeap(reserve_of(most), most);
  static KeptMemory allocator;
  c10::SetCPUAllocator(&allocator, /*priority=*/1);
}

void trim_tensor_memory() {
  if (auto* kept = heap.load()) kept->trim();
}

std::string tensor_memory_text() {
  const auto* kept = heap.load();
  if (!kept) return "";
  return absl::StrFormat("kept between steps, %.2f GiB at most, in %s pages",
                         static_cast<double>(kept->usage().most) / (1 << 30),
                         base::huge_pages_available() ? "huge" : "small");
}

}  // namespace r50::machine
