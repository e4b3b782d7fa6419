#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "r50/error.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {
namespace {

using testing::HasSubstr;

TEST(SweepLimit, IsTimeOrMoney) {
  const auto seconds = [](const char* text) { return parse_limit(text).value_or(Limit{}).seconds; };
  const auto dollars = [](const char* text) { return parse_limit(text).value_or(Limit{}).dollars; };
  EXPECT_EQ(seconds("40h"), 40 * 3600);
  EXPECT_EQ(seconds("1.5 hours"), 5400);
  EXPECT_EQ(seconds("90 minutes"), 5400);
  EXPECT_EQ(seconds("90m"), 5400);
  EXPECT_EQ(seconds("2 Days"), 2 * 86400);
  EXPECT_EQ(seconds("1h 30min"), 5400);
  EXPECT_EQ(seconds(" 1 h "), 3600);
  EXPECT_EQ(dollars("$25"), 25);
  EXPECT_EQ(dollars("$ 0.50"), 0.5);
  EXPECT_EQ(dollars("25 dollars"), 25);
  EXPECT_EQ(dollars("25$"), 25);
}

TEST(SweepLimit, IsNothingElse) {
  for (const char* text : {"", "40", "h", "$", "$0", "0h", "-3h", "nan h", "inf h", "40 weeks",
                           "$25 please", "1h $25", "$25 1h", "1e99999h", "40h more"}) {
    EXPECT_FALSE(parse_limit(text)) << text;
  }
}

TEST(SweepLimit, NeedsAPriceForMoney) {
  const auto complaint = [](const char* text, double price) -> std::string {
    try {
      checked_limit(text, price);
    } catch (const WrongInput& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(complaint("40h", 0), "none");
  EXPECT_EQ(complaint("$25", 0.35), "none");
  EXPECT_THAT(complaint("$25", 0), HasSubstr("price_per_hour"));
  EXPECT_THAT(complaint("a lot", 1), HasSubstr("write \"40h\""));
}

}  // namespace
}  // namespace r50::sweep
