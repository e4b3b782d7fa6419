#include "report/format.h"

#include <gtest/gtest.h>

#include <limits>

namespace r50::report {
namespace {

TEST(Format, NumbersForPeople) {
  EXPECT_EQ(fixed(76.416, 2), "76.42");
  EXPECT_EQ(fixed(-0.5, 0), "-0");
  EXPECT_EQ(fixed(std::numeric_limits<double>::quiet_NaN(), 2), "nan");
  EXPECT_EQ(brief(0.0921376), "0.09214");
  EXPECT_EQ(brief(3.2e-5), "3.2e-05");
  EXPECT_EQ(brief(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(exact(0.1), "0.1");
  EXPECT_EQ(share(0.021), "2 %");
}

TEST(Format, Durations) {
  EXPECT_EQ(duration(0), "0.0 s");
  EXPECT_EQ(duration(9.94), "9.9 s");
  EXPECT_EQ(duration(9.96), "10 s");
  EXPECT_EQ(duration(59.6), "1 min 00 s");
  EXPECT_EQ(duration(723), "12 min 03 s");
  EXPECT_EQ(duration(3599.7), "1 h 00 min");
  EXPECT_EQ(duration(11520), "3 h 12 min");
  EXPECT_EQ(duration(187200), "2 d 4 h");
  EXPECT_EQ(duration(-1), "?");
  EXPECT_EQ(duration(std::numeric_limits<double>::infinity()), "?");
}

}  // namespace
}  // namespace r50::report
