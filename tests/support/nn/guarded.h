#pragma once

// Memory that ends (and begins) at a page nobody may touch: a kernel that reads or writes one byte
// too far ends the test.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace r50::nn::test {

template <class Value>
class Guarded {
 public:
  explicit Guarded(std::size_t count) : count_(count) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t bytes = (count * sizeof(Value) + page - 1) / page * page;
    mapped_ = bytes + 2 * page;
    mapping_ = ::mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping_ == MAP_FAILED) throw std::runtime_error("mmap failed");
    char* const start = static_cast<char*>(mapping_) + page;
    if (::mprotect(start, bytes, PROT_READ | PROT_WRITE) != 0) {
      throw std::runtime_error("mprotect failed");
    }
    std::memset(start, 0xcd, bytes);
    values_ = reinterpret_cast<Value*>(start + bytes - count * sizeof(Value));
  }
  Guarded(Guarded&& other) noexcept
      : count_(other.count_),
        mapped_(other.mapped_),
        mapping_(std::exchange(other.mapping_, nullptr)),
        values_(other.values_) {}
  Guarded& operator=(Guarded&& other) noexcept {
    std::swap(count_, other.count_);
    std::swap(mapped_, other.mapped_);
    std::swap(mapping_, other.mapping_);
    std::swap(values_, other.values_);
    return *this;
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() {
    if (mapping_) ::munmap(mapping_, mapped_);
  }

  Value* data() { return values_; }
  const Value* data() const { return values_; }
  std::size_t size() const { return count_; }
  Value& operator[](std::size_t i) { return values_[i]; }
  const Value& operator[](std::size_t i) const { return values_[i]; }
  Value* begin() { return values_; }
  Value* end() { return values_ + count_; }

 private:
  std::size_t count_, mapped_ = 0;
  void* mapping_ = nullptr;
  Value* values_ = nullptr;
};

}  // namespace r50::nn::test
