#include "support/sample.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace r50::test {
namespace {

using testing::HasSubstr;

class Sample : public testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("R50_TEST_LONG");
    for (int i = 0; i < 100; ++i) all_.push_back(i);
  }
  void TearDown() override { restore(); }

  std::vector<int> drawn(int number, std::size_t count = 10) {
    ::setenv("R50_TEST_SAMPLE", std::to_string(number).c_str(), 1);
    return sample(all_, count, [](int one) { return one % 4; });
  }

  std::vector<int> all_;

 private:
  static std::pair<std::string, std::string> variables() {
    const auto read = [](const char* name) {
      const char* const value = std::getenv(name);
      return std::string(value ? value : "");
    };
    return {read("R50_TEST_LONG"), read("R50_TEST_SAMPLE")};
  }
  void restore() const {
    const auto put = [](const char* name, const std::string& value) {
      value.empty() ? ::unsetenv(name) : ::setenv(name, value.c_str(), 1);
    };
    put("R50_TEST_LONG", before_.first);
    put("R50_TEST_SAMPLE", before_.second);
  }
  std::pair<std::string, std::string> before_ = variables();
};

TEST_F(Sample, TheSameNumberDrawsTheSameCasesInTheirOrder) {
  const std::vector<int> once = drawn(7);
  EXPECT_EQ(once.size(), 10);
  EXPECT_TRUE(std::is_sorted(once.begin(), once.end()));
  EXPECT_EQ(drawn(7), once);
  EXPECT_NE(drawn(8), once);
}

TEST_F(Sample, EveryKindIsThereAndEveryCaseInSomeSample) {
  std::set<int> seen;
  for (int number = 0; number < 200; ++number) {
    std::set<int> kinds;
    for (const int one : drawn(number, 4)) {
      kinds.insert(one % 4);
      seen.insert(one);
    }
    EXPECT_EQ(kinds.size(), 4) << number;
  }
  EXPECT_EQ(seen.size(), all_.size());
  EXPECT_EQ(drawn(1, 2).size(), 4) << "more than asked for, rather than a kind left out";
}

TEST_F(Sample, ALongRunHasAllAndAFailureSaysHowToRepeatIt) {
  drawn(12);
  EXPECT_THAT(repeat_command(), HasSubstr("R50_TEST_SAMPLE=12 "));
  EXPECT_THAT(repeat_command(), HasSubstr("--gtest_filter=Sample.ALongRunHasAll"));
  ::setenv("R50_TEST_LONG", "1", 1);
  EXPECT_EQ(drawn(12), all_);
  EXPECT_THAT(repeat_command(), HasSubstr("R50_TEST_LONG=1 "));
}

}  // namespace
}  // namespace r50::test
