#include "r50/units.h"

#include <gtest/gtest.h>

namespace r50 {
namespace {

TEST(When, ReadsWhatPeopleWrite) {
  EXPECT_EQ(When::parse("5 epochs"), epochs(5));
  EXPECT_EQ(When::parse("1 epoch"), epochs(1));
  EXPECT_EQ(When::parse("0.5 epochs"), epochs(0.5));
  EXPECT_EQ(When::parse("800 steps"), steps(800));
  EXPECT_EQ(When::parse("30%"), percent(30));
  EXPECT_EQ(When::parse(" 30 % "), percent(30));
}

TEST(When, RefusesTheRest) {
  for (const char* text : {"", "5", "epochs", "-1 epochs", "5 epoch s", "0.5 steps", "101%", "%",
                           "1e3 steps", "nan epochs", "inf%", "5 minutes", "0x5 steps", "1..2%"}) {
    EXPECT_FALSE(When::parse(text)) << text;
  }
}

TEST(When, CountsStepsToTheNearest) {
  const RunLength run{.epochs = 10, .steps_per_epoch = 13};
  EXPECT_EQ(epochs(2).steps(run), 26);
  EXPECT_EQ(epochs(0.5).steps(run), 7);
  EXPECT_EQ(steps(800).steps(run), 800);
  EXPECT_EQ(percent(30).steps(run), 39);
  EXPECT_EQ(percent(100).steps(run), run.steps());
}

TEST(When, ItsTextReadsBack) {
  for (const When when : {epochs(1), epochs(0.1), steps(1), steps(123456789), percent(33.3)}) {
    EXPECT_EQ(When::parse(when.text()), when) << when.text();
  }
  EXPECT_EQ(epochs(1).text(), "1 epoch");
  EXPECT_EQ(steps(2).text(), "2 steps");
  EXPECT_EQ(percent(5).text(), "5%");
}

TEST(Every, KnowsWallTimeAndNever) {
  EXPECT_EQ(Every::parse("never"), Every{});
  EXPECT_EQ(Every::parse("500 steps"), every(steps(500)));
  EXPECT_EQ(Every::parse("90 minutes")->seconds, 5400);
  EXPECT_EQ(Every::parse("90 minutes")->text(), "90 minutes");
  EXPECT_EQ(Every::parse("120 minutes")->text(), "2 hours");
  EXPECT_EQ(Every::parse("1.5 minutes")->text(), "90 seconds");
}

// Otherwise a run would do nothing but save itself.
TEST(Every, RefusesAnIntervalOfNothing) {
  for (const char* text : {"0 steps", "0 epochs", "0%", "0 seconds", "always", "5", ""}) {
    EXPECT_FALSE(Every::parse(text)) << text;
  }
}

TEST(Rate, ScalesWithTheBatch) {
  EXPECT_EQ(Rate::parse("0.1 per 256")->for_batch(512), 0.2);
  EXPECT_EQ(Rate::parse("0.1")->for_batch(512), 0.1);
  EXPECT_EQ(Rate::parse("0.1 per 256")->text(), "0.1 per 256");
  for (const char* text : {"", "per 256", "0.1 per", "0.1 per 0", "0.1 per 2.5", "x per 256"}) {
    EXPECT_FALSE(Rate::parse(text)) << text;
  }
}

}  // namespace
}  // namespace r50
