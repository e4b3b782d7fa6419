#pragma once

// Texts that users read are kept beside the tests. R50_APPROVE=1 renews them; what changed is then
// seen, and judged, in the commit.

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace r50::test {

inline std::string replaced(std::string text, const std::string& what, const std::string& by) {
  if (what.empty()) return text;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), by);
    at += by.size();
  }
  return text;
}

inline void expect_golden(const std::string& text, const std::string& file) {
  if (std::getenv("R50_APPROVE")) {
    std::ofstream(file) << text << '\n';
    return;
  }
  std::ifstream stream(file);
  std::ostringstream expected;
  expected << stream.rdbuf();
  EXPECT_EQ(text + '\n', expected.str())
      << "differs from " << file << "; if it is meant, R50_APPROVE=1 renews the file";
}

}  // namespace r50::test
