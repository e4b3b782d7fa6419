#include "base/block_heap.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

// Freed blocks stay mapped, so only this makes their use after free an error under the sanitizer.
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

namespace r50::base {
namespace {

constexpr std::size_t page = std::size_t{4} << 10;
constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr std::size_t growth = std::size_t{64} << 20;  // of what may be written, a step

std::size_t rounded_up(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

// One stretch of addresses: [start, top) has been in use; [top, writable) may be; up to end is only
// reserved.
struct BlockHeap::Region {
  char* mapping = nullptr;
  std::size_t mapped = 0;
  char* start = nullptr;
  char* top = nullptr;
  char* writable = nullptr;
  char* end = nullptr;
  char* highest = nullptr;                  // end of the highest block in use since the last trim
  std::map<char*, std::size_t> used, free;  // free blocks never touch each other

  ~Region() {
    // Up to writable, not top: what was trimmed is still poisoned, and others get these addresses.
    ASAN_UNPOISON_MEMORY_REGION(start, static_cast<std::size_t>(writable - start));
    ::munmap(mapping, mapped);
  }

  bool holds(const void* block) const { return block >= start && block < end; }

  void* take(std::size_t bytes) {
    char* block = take_free(bytes);
    if (!block) block = grow(bytes);
    if (!block) return nullptr;
    used.emplace(block, bytes);
    highest = std::max(highest, block + bytes);
    ASAN_UNPOISON_MEMORY_REGION(block, bytes);
    return block;
  }

  char* take_free(std::size_t bytes) {
    const auto fits = std::find_if(free.begin(), free.end(),
                                   [&](const auto& one) { return one.second >= bytes; });
    if (fits == free.end()) return nullptr;
    const auto [block, size] = *fits;
    free.erase(fits);
    if (size > bytes) free.emplace(block + bytes, size - bytes);
    return block;
  }

  // The free block that ends at top, if there is one.
  auto last_free() {
    if (free.empty()) return free.end();
    const auto last = std::prev(free.end());
    return last->first + last->second == top ? last : free.end();
  }

  char* grow(std::size_t bytes) {
    const auto last = last_free();
    char* const block = last == free.end() ? top : last->first;
    if (bytes > static_cast<std::size_t>(end - block)) return nullptr;
    char* const new_top = block + bytes;
    if (new_top > writable) {
      const auto more = std::min(rounded_up(static_cast<std::size_t>(new_top - writable), growth),
                                 static_cast<std::size_t>(end - writable));
      if (::mprotect(writable, more, PROT_READ | PROT_WRITE) != 0) return nullptr;
      ::madvise(writable, more, MADV_HUGEPAGE);  // where there are none, nothing changes
      writable += more;
    }
    if (last != free.end()) free.erase(last);
    top = new_top;
    return block;
  }

  std::size_t give_back(char* block) {
    const auto found = used.find(block);
    if (found == used.end()) return 0;
    const std::size_t bytes = found->second;
    used.erase(found);
    ASAN_POISON_MEMORY_REGION(block, bytes);
    std::size_t size = bytes;
    const auto next = free.lower_bound(block);
    if (next != free.end() && next->first == block + size) size += next->second;
    auto after = next;
    if (size != bytes) after = free.erase(next);
    if (after != free.begin()) {
      const auto before = std::prev(after);
      if (before->first + before->second == block) {
        before->second += size;
        return bytes;
      }
    }
    free.emplace(block, size);
    return bytes;
  }

  // What lies above `line` and is free goes back to the system and becomes untouched again.
  void return_above(char* line) {
    const auto last = last_free();
    if (last == free.end()) return;
    char* const from = std::max(last->first, line);
    if (from >= top) return;
    ::madvise(from, static_cast<std::size_t>(top - from), MADV_DONTNEED);
    top = from;
    if (last->first == from) {
      free.erase(last);
    } else {
      last->second = static_cast<std::size_t>(from - last->first);
    }
  }
};

BlockHeap::BlockHeap(std::size_t reserve, std::size_t limit) : reserve_(reserve), limit_(limit) {}
BlockHeap::~BlockHeap() = default;

void* BlockHeap::take(std::size_t bytes) {
  const std::size_t size = rounded_up(std::max<std::size_t>(bytes, 1), page);
  if (size < bytes) return nullptr;  // rounding up has overflowed
  const std::lock_guard lock(mutex_);
  void* block = take_from_regions(size);
  if (!block && size <= room_left() && add_region(size)) block = take_from_regions(size);
  // Kept memory is given back only where the system refuses more. At the heap's own limit it would
  // be given back at every step.
  if (!block && size <= room_left()) {
    // Regions without a block go as a whole, so that their addresses are free again.
    std::erase_if(regions_, [](const auto& region) { return region->used.empty(); });
    for (const auto& region : regions_) region->return_above(region->start);
    if (add_region(size)) block = take_from_regions(size);
  }
  if (!block) return nullptr;
  used_ += size;
  std::size_t touched = 0;
  for (const auto& region : regions_)
    touched += static_cast<std::size_t>(region->top - region->start);
  most_ = std::max(most_, touched);
  return block;
}

std::size_t BlockHeap::room_left() const {
  std::size_t left = limit_;
  for (const auto& region : regions_) {
    left -= std::min(left, static_cast<std::size_t>(region->end - region->start));
  }
  return left;
}

void* BlockHeap::take_from_regions(std::size_t bytes) {
  for (const auto& region : regions_) {
    if (void* block = region->take(bytes)) return block;
  }
  return nullptr;
}

// Addresses may be scarce (ulimit -v): half of what was refused is asked for, down to the block.
bool BlockHeap::add_region(std::size_t bytes) {
  std::size_t size = std::max(std::min(reserve_, room_left()), bytes);
  for (;; size = std::max(size / 2, bytes)) {
    const std::size_t mapped = rounded_up(size, page) + huge_page;
    void* const mapping =
        ::mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping != MAP_FAILED) {
      auto region = std::make_unique<Region>();
      region->mapping = static_cast<char*>(mapping);
      region->mapped = mapped;
      const auto address = reinterpret_cast<std::uintptr_t>(mapping);
      region->start = region->mapping + (rounded_up(address, huge_page) - address);
      region->top = region->writable = region->highest = region->start;
      region->end = region->start + rounded_up(size, page);
      regions_.push_back(std::move(region));
      return true;
    }
    if (size == bytes) return false;
  }
}

bool BlockHeap::give_back(void* block) {
  const std::lock_guard lock(mutex_);
  for (const auto& region : regions_) {
    if (!region->holds(block)) continue;
    const std::size_t bytes = region->give_back(static_cast<char*>(block));
    used_ -= bytes;
    return bytes > 0;
  }
  return false;
}

void BlockHeap::trim() {
  const std::lock_guard lock(mutex_);
  for (const auto& region : regions_) {
    region->return_above(region->highest);
    region->highest = region->used.empty()
                          ? region->start
                          : region->used.rbegin()->first + region->used.rbegin()->second;
  }
}

BlockHeap::Usage BlockHeap::usage() const {
  const std::lock_guard lock(mutex_);
  std::size_t touched = 0;
  for (const auto& region : regions_)
    touched += static_cast<std::size_t>(region->top - region->start);
  return {.used = used_, .kept = touched - used_, .most = most_};
}

bool huge_pages_available() {
  std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string words;
  std::getline(file, words);
  return !words.empty() && words.find("[never]") == std::string::npos;
}

}  // namespace r50::base
