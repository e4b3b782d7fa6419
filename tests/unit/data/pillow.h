#pragma once

// Pillow as the judge of pixels: torchvision's accuracies are measured with its decoding and
// resizing.

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/python.h"

namespace r50::test {

inline bool has_pillow() {
  static const bool found =
      std::system((python_program() + " -c 'import PIL.Image' >/dev/null 2>&1").c_str()) == 0;
  return found;
}

#define R50_NEEDS_PILLOW() \
  if (!r50::test::has_pillow()) GTEST_SKIP() << "Python's PIL is not installed (tools/setup does)"

inline std::vector<std::uint8_t> read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace r50::test
