#include "r50/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "config/toml_source.h"
#include "r50/suggest.h"

namespace r50 {
namespace {

TEST(Value, WritesTomlThatReadsBackToTheSameBits) {
  const double reals[] = {0,    -0.0,  1,      0.1, 1e-5,    1e-9,
                          1e15, 1e300, 5e-324, -2,  1.0 / 3, std::numeric_limits<double>::max()};
  for (const double real : reals) {
    Problems problems;
    const auto read = config::parse_toml_value(Value(real).toml(), {}, problems);
    ASSERT_TRUE(read && read->real()) << Value(real).toml();
    EXPECT_EQ(*read->real(), real);
    EXPECT_EQ(std::signbit(*read->real()), std::signbit(real));
  }
  EXPECT_EQ(Value(0.0001).toml(), "0.0001");
  EXPECT_EQ(Value(100000.0).toml(), "100000.0");
}

TEST(Value, WritesEveryText) {
  const std::string text = std::string("\"\\\n\t\r\x01\x7f ü ") + '\0' + "'";
  Problems problems;
  const auto read = config::parse_toml_value(Value(text).toml(), {}, problems);
  ASSERT_TRUE(read && read->text()) << problems.report();
  EXPECT_EQ(*read->text(), text);
}

TEST(Value, TablesAreEqualInAnyOrder) {
  Table a, b;
  a.set("x", 1);
  a.set("y", Array{Value(true), Value(2.5)});
  b.set("y", Array{Value(true), Value(2.5)});
  b.set("x", 1);
  EXPECT_EQ(Value(a), Value(b));
  b.set("x", 1.0);
  EXPECT_FALSE(Value(a) == Value(b));
}

TEST(Problems, AreToldInTheOrderOfTheFile) {
  Problems problems;
  problems.add({"command line", 0, 0}, "third");
  problems.add({"a.toml", 9, 1}, "second", "do this");
  problems.add({"a.toml", 2, 5}, "first");
  problems.add({"a.toml", 2, 5}, "first");
  EXPECT_EQ(problems.report(),
            "a.toml:2:5: first\na.toml:9:1: second\n    do this\ncommand line: third");
}

TEST(NearGuess, FindsWhatAHandMeant) {
  const std::vector<std::string> keys = {"lr", "warmup", "final_fraction", "use"};
  EXPECT_EQ(nearest("lrr", keys), "lr");
  EXPECT_EQ(nearest("wramup", keys), "warmup");
  EXPECT_EQ(nearest("WarmUp", keys), "warmup");
  EXPECT_EQ(nearest("us", keys), "use");
  EXPECT_EQ(nearest("final_fractoin", keys), "final_fraction");
  EXPECT_FALSE(nearest("xy", keys));
  EXPECT_FALSE(nearest("momentum", keys));
  EXPECT_EQ(near_guess("momentum", {"lr", "warmup"}, "keys"), "known keys: lr, warmup");
}

}  // namespace
}  // namespace r50
