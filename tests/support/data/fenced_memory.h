#pragma once

namespace r50::test {

// While one exists, blocks of 4 KiB and more that this program asks operator new for end before a
// page without access: a read of 16 bytes too far ends the test. Programs with a sanitizer
// have its own checks instead.
class FencedMemory {
 public:
  FencedMemory();
  ~FencedMemory();
  FencedMemory(const FencedMemory&) = delete;
  FencedMemory& operator=(const FencedMemory&) = delete;
};

}  // namespace r50::test
