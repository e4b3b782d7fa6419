#include "base/clock.h"

#include <gtest/gtest.h>

#include "support/base/fake_clock.h"

namespace r50::base {
namespace {

TEST(Clock, NeverGoesBack) {
  const double before = real_clock().seconds();
  EXPECT_LE(before, real_clock().seconds());
}

TEST(Clock, WritesWallTimeAsAPersonReadsIt) {
  EXPECT_EQ(wall_text(0), "1970-01-01 00:00:00 UTC");
  EXPECT_EQ(wall_text(951782399.9), "2000-02-28 23:59:59 UTC");
  EXPECT_EQ(wall_text(951782400), "2000-02-29 00:00:00 UTC");
  test::FakeClock clock;
  clock.pass(86400);
  EXPECT_EQ(clock.wall_text(), "1970-01-02 00:00:00 UTC");
}

}  // namespace
}  // namespace r50::base
