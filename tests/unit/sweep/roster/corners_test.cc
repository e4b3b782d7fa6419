#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "r50/error.h"
#include "sweep/roster/roster.h"
#include "sweep/search/space.h"
#include "unit/sweep/search/dimensions.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

TEST(SweepCorners, AreTheEndsOfRangesAndEachChoice) {
  const Corners corners = corners_of({choice(3), logarithmic(real(1e-5, 1e-3))});
  EXPECT_EQ(corners.all, 6);
  EXPECT_THAT(corners.points,
              ElementsAre(ElementsAre(0, 1e-5), ElementsAre(0, 1e-3), ElementsAre(1, 1e-5),
                          ElementsAre(1, 1e-3), ElementsAre(2, 1e-5), ElementsAre(2, 1e-3)));
}

TEST(SweepCorners, OfStepsAreTheOutermostMultiples) {
  EXPECT_THAT(corners_of({real(0.15, 0.95, 0.2)}).points,
              ElementsAre(ElementsAre(0.2), ElementsAre(0.8)));
  EXPECT_THAT(corners_of({integer(-2, 7)}).points, ElementsAre(ElementsAre(-2), ElementsAre(7)));
  EXPECT_THAT(corners_of({real(0.3, 0.5, 0.4)}).points, ElementsAre(ElementsAre(0.4)));
}

TEST(SweepCorners, OfANormalDistributionAreWhatIsSeldomExceeded) {
  const auto points = corners_of({normal(5, 2)}).points;
  ASSERT_THAT(points, SizeIs(2));
  EXPECT_NEAR(normal_below((points[0][0] - 5) / 2), 0.001, 1e-9);
  EXPECT_NEAR(normal_below((points[1][0] - 5) / 2), 0.999, 1e-9);
}

TEST(SweepCorners, LeaveOutWhatHasNoCondition) {
  const Space space = {choice(2), only_where(0, {1}, real(0, 1))};
  const Corners corners = corners_of(space);
  EXPECT_EQ(corners.all, 3);
  ASSERT_THAT(corners.points, SizeIs(3));
  EXPECT_TRUE(std::isnan(corners.points[0][1]));
  EXPECT_THAT(corners.points[1], ElementsAre(1, 0));
  EXPECT_THAT(corners.points[2], ElementsAre(1, 1));
}

// 2^20 corners and a choice that hangs on another: 64 of them, and in these each end of each.
TEST(SweepCorners, OfALargeSpaceAreAFairPart) {
  Space space = {choice(5)};
  space.push_back(only_where(0, {3}, choice(4)));
  for (int i = 0; i < 18; ++i) space.push_back(real(i, i + 0.5));
  const Corners corners = corners_of(space);
  EXPECT_EQ(corners.all, (4 + 4) * std::pow(2, 18));
  EXPECT_THAT(corners.points, SizeIs(64));
  std::vector<std::set<double>> seen(space.size());
  for (const Coordinates& at : corners.points) {
    for (std::size_t i = 0; i < at.size(); ++i) {
      if (!std::isnan(at[i])) seen[i].insert(at[i]);
    }
    EXPECT_EQ(std::isnan(at[1]), at[0] != 3);
  }
  EXPECT_THAT(seen[0], SizeIs(5));
  EXPECT_THAT(seen[1], SizeIs(4));
  for (std::size_t i = 2; i < space.size(); ++i) EXPECT_THAT(seen[i], SizeIs(2)) << i;
}

TEST(SweepCorners, StayWithinTheirNumberWhateverThereIs) {
  EXPECT_THAT(corners_of({choice(100)}).points, SizeIs(64));
  EXPECT_THAT(corners_of({choice(3, {0, 1, 1})}).points,
              ElementsAre(ElementsAre(1), ElementsAre(2)));
  EXPECT_THAT(corners_of({choice(100), real(0, 1)}, 10).points, SizeIs(10));
}

class SweepCornerChecks : public testing::Test {
 protected:
  SweepCornerChecks() {
    VariedKey axis;
    axis.dimension = real(0, 8);
    axis.key = "x";
    sweep_.parameters.axes = {axis};
    sweep_.confirm.set = {{"run.epochs", Value(4)}};
  }
  // Answers like r50run to which x = 8 and, with more epochs, anything is wrong.
  std::vector<Checked> answer(const std::vector<Settings>& variants) {
    std::vector<Checked> all;
    for (const Settings& settings : variants) {
      Checked one;
      one.id = "id" + std::to_string(++asked_);
      one.epochs = settings.size() > 1 ? 4 : 2;
      if (*settings.front().value.real() == bad_) one.problems = {{{}, "8 is too much", ""}};
      if (settings.size() > 1 && bad_confirm_) one.problems = {{{}, "4 epochs are too long", ""}};
      all.push_back(one);
    }
    return all;
  }
  Ask ask() {
    return [this](const std::vector<Settings>& variants) { return answer(variants); };
  }

  SweepFile sweep_;
  double bad_ = -1;
  bool bad_confirm_ = false;
  int asked_ = 0;
};

TEST_F(SweepCornerChecks, StopASweepForOneBadCorner) {
  const std::vector<Trial> corners = check_corners(sweep_, ask());
  ASSERT_THAT(corners, SizeIs(2));
  EXPECT_EQ(corners[1].sets(), "x=8.0");
  EXPECT_EQ(corners[1].epochs, 2);
  bad_ = 8;
  try {
    check_corners(sweep_, ask());
    FAIL() << "the bad corner was not reported";
  } catch (const WrongInput& error) {
    EXPECT_THAT(error.what(), HasSubstr("8 is too much"));
  }
}

TEST_F(SweepCornerChecks, TryTheSecondStageToo) {
  const std::vector<Trial> corners = check_corners(sweep_, ask());
  EXPECT_THAT(check_confirm(sweep_, corners, ask()), SizeIs(0)) << "there is none";
  sweep_.confirm.top = 3;
  sweep_.confirm.seeds = 2;
  const std::vector<Trial> stand_ins = check_confirm(sweep_, corners, ask());
  ASSERT_THAT(stand_ins, SizeIs(6)) << "though two points only are known yet";
  EXPECT_EQ(stand_ins[0].epochs, 4);
  EXPECT_EQ(stand_ins[0].stage, "confirm");
  bad_confirm_ = true;
  EXPECT_THROW(check_confirm(sweep_, corners, ask()), WrongInput);
}

}  // namespace
}  // namespace r50::sweep
