#include "data/quarantine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace r50::data {
namespace {

using testing::ElementsAre;

TEST(QuarantinedSample, IsOneLineWhateverItsNameHolds) {
  const QuarantinedSample sample{Split::train, "train/a\nb\tc\\n.jpg", "bad\x1b[31m\r"};
  EXPECT_EQ(sample.line(), "train\ttrain/a\\nb\\tc\\\\n.jpg\tbad\\x1b[31m\\r\n");
  EXPECT_THAT(quarantined_in(sample.line()), ElementsAre(sample));
  EXPECT_EQ(sample.text(), "train/a\\nb\\tc\\\\n.jpg (bad\\x1b[31m\\r)");
}

TEST(QuarantinedSample, IsReadFromItsLine) {
  const QuarantinedSample one{Split::train, "train/cat/\xc3\xa4.jpg", "a\tb"};
  const QuarantinedSample two{Split::evaluate, "val/cat/1.jpg", ""};
  EXPECT_THAT(quarantined_in(one.line() + two.line()), ElementsAre(one, two));
  EXPECT_THAT(
      quarantined_in("train/cat/1.jpg\tof an older r50\n\n" + two.line() + "train\tx\ttorn"),
      ElementsAre(two));
}

}  // namespace
}  // namespace r50::data
