#include "sweep/judge/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>

#include <nlohmann/json.hpp>

namespace r50::sweep::judge {
namespace {

nlohmann::json recorded() {
  std::ifstream file(R50_SOURCE_DIR "/tests/data/judge/student_t.json");
  return nlohmann::json::parse(file);
}

TEST(JudgeStudentT, TwoSidedPIsScipys) {
  const auto rows = recorded()["two_sided_p"];
  ASSERT_EQ(rows.size(), 72U);
  for (const auto& row : rows) {
    const double theirs = row[2];
    const double most = row[1] > 1e5 ? 1e-8 : 1e-11;
    EXPECT_NEAR(two_sided_p(row[0], row[1]), theirs, most * theirs + 1e-300) << row;
  }
}

TEST(JudgeStudentT, CriticalTIsScipys) {
  const auto rows = recorded()["critical_t"];
  ASSERT_EQ(rows.size(), 42U);
  for (const auto& row : rows) {
    const double theirs = row[2];
    EXPECT_NEAR(critical_t(row[0], row[1]), theirs, 1e-11 * theirs) << row;
  }
}

TEST(JudgeStudentT, KnowsTheTablesByHeart) {
  EXPECT_NEAR(critical_t(0.05, 1), 12.706, 5e-4);
  EXPECT_NEAR(critical_t(0.05, 2), 4.303, 5e-4);
  EXPECT_NEAR(critical_t(0.05, 4), 2.776, 5e-4);
  EXPECT_NEAR(two_sided_p(1, 1), 0.5, 1e-14);  // Cauchy's: 1 - 2 atan(t) / pi
  EXPECT_NEAR(two_sided_p(1e-3, 1), 1 - 2 * std::atan(1e-3) / std::acos(-1.0), 1e-13);
}

TEST(JudgeStudentT, ItsEndsAreExact) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(two_sided_p(0, 4), 1);
  EXPECT_EQ(two_sided_p(infinity, 4), 0);
  EXPECT_EQ(two_sided_p(-infinity, 4), 0);
  EXPECT_EQ(two_sided_p(1e200, 4), 0);
  EXPECT_EQ(two_sided_p(2, 7), two_sided_p(-2, 7));
  EXPECT_TRUE(std::isnan(two_sided_p(std::nan(""), 4)));
  for (const double p : {0.0, 1.0, -1.0, std::nan("")}) EXPECT_TRUE(std::isnan(critical_t(p, 3)));
  EXPECT_TRUE(std::isnan(critical_t(0.05, 0)));
}

TEST(JudgeFTest, OfTwoGroupsIsTheTTest) {
  for (const double t : {0.1, 1.0, 2.5, 12.0}) {
    EXPECT_NEAR(f_test_p(t * t, 1, 7), two_sided_p(t, 7), 1e-14);
  }
  EXPECT_NEAR(f_test_p(3.885, 2, 12), 0.05, 1e-4);  // as every table has it
  EXPECT_EQ(f_test_p(0, 3, 12), 1);
}

}  // namespace
}  // namespace r50::sweep::judge