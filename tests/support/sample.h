#pragma once

// Which cases of a long matrix a test runs: all of them, or another sample for each commit.
//   R50_TEST_LONG=1     all cases (tools/test --long)
//   R50_TEST_SAMPLE=N   draws the sample; tools/test takes N from the commit's hash (default: 0)
// support/sample.py reads the same variables.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace r50::test {

inline bool long_run() {
  const char* const value = std::getenv("R50_TEST_LONG");
  return value && std::string(value) == "1";
}

inline std::uint64_t sample_number() {
  const char* const value = std::getenv("R50_TEST_SAMPLE");
  return value ? std::stoull(value) : 0;
}

inline std::string running_test() {
  const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
  return std::string(test.test_suite_name()) + "." + test.name();
}

// The command that runs the same cases again; for SCOPED_TRACE, so that a failure prints it.
inline std::string repeat_command() {
  return (long_run() ? "to repeat: R50_TEST_LONG=1 "
                     : "to repeat: R50_TEST_SAMPLE=" + std::to_string(sample_number()) + " ") +
         std::filesystem::read_symlink("/proc/self/exe").string() +
         " --gtest_filter=" + running_test();
}

// `count` of the cases in their order, or a few more: at least one of each kind, which `kind_of`
// gives as anything that has an order. All of them in a long run. Each test draws its own.
template <class Case, class KindOf>
std::vector<Case> sample(const std::vector<Case>& all, std::size_t count, const KindOf& kind_of) {
  if (long_run() || count >= all.size()) return all;
  const std::string test = running_test();
  const std::uint64_t number = sample_number();
  std::seed_seq seed(test.begin(), test.end());
  std::vector<std::uint32_t> words(2);
  seed.generate(words.begin(), words.end());
  std::seed_seq with_number{words[0], words[1], static_cast<std::uint32_t>(number),
                            static_cast<std::uint32_t>(number >> 32)};
  std::mt19937_64 random(with_number);
  std::vector<std::size_t> order(all.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), random);
  std::set<decltype(kind_of(all.front()))> kinds;
  std::vector<std::size_t> chosen, rest;  // the first of each kind before all others
  for (const std::size_t i : order) {
    (kinds.insert(kind_of(all[i])).second ? chosen : rest).push_back(i);
  }
  for (std::size_t i = 0; i < rest.size() && chosen.size() < count; ++i) chosen.push_back(rest[i]);
  std::sort(chosen.begin(), chosen.end());
  std::vector<Case> cases;
  for (const std::size_t i : chosen) cases.push_back(all[i]);
  return cases;
}

}  // namespace r50::test
