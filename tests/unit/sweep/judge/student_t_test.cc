#include "sweep/judge/student_t.h"

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

// Where the parameters are huge, the logarithms of gamma functions lose digits, scipy's too.
void expect_close(double ours, double theirs, const nlohmann::json& row) {
  EXPECT_NEAR(ours, theirs, 1e-11 * std::abs(theirs) + 1e-300) << row;
}

TEST(JudgeStudentT, IncompleteBetaIsScipys) {
  const auto rows = recorded()["incomplete_beta"];
  ASSERT_EQ(rows.size(), 168U);
  for (const auto& row : rows) {
    const double ours = incomplete_beta(row[0], row[1], row[2]);
    if (row[0] > 1000) {
      EXPECT_NEAR(ours, row[3].get<double>(), 1e-8 * row[3].get<double>() + 1e-300) << row;
    } else {
      expect_close(ours, row[3], row);
    }
  }
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
  for (const auto& row : rows) expect_close(critical_t(row[0], row[1]), row[2], row);
}

TEST(JudgeStudentT, KnowsTheTablesByHeart) {
  EXPECT_NEAR(critical_t(0.05, 1), 12.706, 5e-4);
  EXPECT_NEAR(critical_t(0.05, 2), 4.303, 5e-4);
  EXPECT_NEAR(critical_t(0.05, 4), 2.776, 5e-4);
  EXPECT_NEAR(two_sided_p(1, 1), 0.5, 1e-14);  // Cauchy's: 1 - 2 atan(t) / pi
  EXPECT_NEAR(two_sided_p(1e-8, 1), 1 - 2e-8 / std::acos(-1.0), 1e-15);  // scipy 1.17 errs here
}

TEST(JudgeStudentT, ItsEndsAreExact) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(two_sided_p(0, 4), 1);
  EXPECT_EQ(two_sided_p(infinity, 4), 0);
  EXPECT_EQ(two_sided_p(-infinity, 4), 0);
  EXPECT_EQ(two_sided_p(1e200, 4), 0);
  EXPECT_EQ(two_sided_p(2, 7), two_sided_p(-2, 7));
  EXPECT_TRUE(std::isnan(two_sided_p(std::nan(""), 4)));
  EXPECT_EQ(incomplete_beta(2, 3, 0), 0);
  EXPECT_EQ(incomplete_beta(2, 3, 1), 1);
  for (const double p : {0.0, 1.0, -1.0, std::nan("")}) EXPECT_TRUE(std::isnan(critical_t(p, 3)));
  EXPECT_TRUE(std::isnan(critical_t(0.05, 0)));
}

}  // namespace
}  // namespace r50::sweep::judge
