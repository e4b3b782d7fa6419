#include "support/data/fenced_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

std::atomic<bool> fencing = false;

struct Block {
  std::atomic<void*> start = nullptr;
  void* mapping = nullptr;
  std::size_t mapped = 0;
};
std::array<Block, 64> blocks;  // more at a time are not fenced

void* fenced(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  bytes = (bytes + 15) / 16 * 16;
  for (Block& block : blocks) {
    if (block.start) continue;
    block.mapped = (bytes + page - 1) / page * page + page;
    block.mapping = ::mmap(nullptr, block.mapped, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block.mapping == MAP_FAILED) throw std::bad_alloc();
    char* const guard = static_cast<char*>(block.mapping) + block.mapped - page;
    if (::mprotect(guard, page, PROT_NONE) != 0) std::abort();
    block.start = guard - bytes;
    return block.start;
  }
  return nullptr;
}

}  // namespace

namespace r50::test {
FencedMemory::FencedMemory() { fencing = true; }
FencedMemory::~FencedMemory() { fencing = false; }
}  // namespace r50::test

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void* operator new(std::size_t bytes) {
  if (fencing && bytes >= 4096) {
    if (void* const block = fenced(bytes)) return block;
  }
  if (void* const block = std::malloc(bytes == 0 ? 1 : bytes)) return block;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
  if (!memory) return;
  for (Block& block : blocks) {
    if (block.start != memory) continue;
    ::munmap(block.mapping, block.mapped);
    block.start = nullptr;
    return;
  }
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

#endif
