#include "probe/lr_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "config/rate_from_file.h"
#include "probe/find_lr.h"
#include "r50/error.h"

namespace r50::probe {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(LrIterations, AreAnEpochAndAThousandAtMost) {
  config::FindLrTable table;
  table.iterations = 0;
  EXPECT_EQ(lr_iterations(table, 21), 21);
  EXPECT_EQ(lr_iterations(table, 1000), 1000);
  EXPECT_EQ(lr_iterations(table, 20'018), 1000) << "ImageNet in batches of 64";
  EXPECT_THROW(lr_iterations(table, 4), WrongInput);
  table.iterations = 5000;
  EXPECT_EQ(lr_iterations(table, 21), 5000) << "as asked";
}

LrPlan plan(std::int64_t iterations, std::int64_t seeds = 2) {
  LrPlan made;
  made.table.seeds = seeds;
  made.iterations = iterations;
  made.first_seed = 5;
  return made;
}

// Down to a rate of about 0.1, then up; `broken` ends with a loss that is no number.
LrSweep sweep(std::int64_t seed, const LrPlan& of, bool broken = false) {
  LrSweep made;
  made.seed = seed;
  report::SmoothedLoss smoothed(of.table.smoothing);
  for (std::int64_t i = 0; i < of.iterations; ++i) {
    const double x = std::log10(of.rate(i)) + 1 + 0.1 * static_cast<double>(seed % 3);
    made.losses.push_back(1 + x * x / 20);
    if (broken && i + 3 == of.iterations) made.losses.back() = nan;
    made.curve.rates.push_back(of.rate(i));
    made.curve.losses.push_back(smoothed.add(made.losses.back()));
    if (std::isnan(made.losses.back())) break;
  }
  made.diverged = broken;
  return made;
}

TEST(LrPlan, RisesExponentiallyAndReachesBothEnds) {
  const LrPlan of = plan(101);
  EXPECT_EQ(of.rate(0), 1e-7);
  EXPECT_EQ(of.rate(100), 10);
  EXPECT_NEAR(of.rate(50), 1e-3, 1e-15);
}

TEST(LrResult, TakesTheMedianAndAtMostHalfTheDivergence) {
  const LrPlan of = plan(100, 3);
  const LrResult all = judge({sweep(5, of), sweep(6, of), sweep(7, of)}, of);
  EXPECT_EQ(all.seeds, (std::vector<std::int64_t>{5, 6, 7}));
  EXPECT_EQ(all.divergence, std::nullopt);
  const auto& valley = all.of(report::LrRule::valley);
  EXPECT_EQ(valley.median, report::median(valley.seeds));
  EXPECT_NEAR(*all.suggested / *valley.median, 1, 0.0051);

  LrPlan cautious = of;
  cautious.table.rule = config::SuggestionRule::minimum;
  LrSweep early = sweep(6, of);
  early.curve.losses[60] = 1e9;
  const LrResult capped = judge({sweep(5, of), early, sweep(7, of)}, cautious);
  EXPECT_EQ(capped.divergence, early.curve.rates[60]);
  EXPECT_THAT(capped.divergences,
              testing::ElementsAre(std::nullopt, *capped.divergence, std::nullopt));
  EXPECT_LE(*capped.suggested, *capped.divergence / 2);
  EXPECT_LT(*capped.suggested, *capped.of(report::LrRule::minimum).median);
}

TEST(LrResult, IsWhatItsFileSays) {
  const LrPlan of = plan(20);  // too short for slide
  LrResult result = judge({sweep(5, of), sweep(6, of, true)}, of);
  result.name = "a \"name\"";
  result.id = "abc";
  result.batch = 64;
  result.image_size = 32;
  const std::string json = to_json(result, of);
  const LrResult back = lr_result_from_json(json);
  EXPECT_EQ(to_json(back, of), json);
  EXPECT_EQ(back.of(report::LrRule::slide).median, std::nullopt);
  EXPECT_EQ(back.divergence, result.divergence);
  const config::LrSuggestion taken = config::read_lr_suggestion(json);
  EXPECT_EQ(taken.rate, result.suggested);
  EXPECT_EQ(taken.rule, "valley");
  EXPECT_EQ(taken.batch, 64);

  LrPlan sliding = of;
  sliding.table.rule = config::SuggestionRule::slide;
  const std::string none = to_json(judge({sweep(5, of)}, sliding), sliding);
  EXPECT_EQ(lr_result_from_json(none).suggested, std::nullopt);
  EXPECT_THROW(config::read_lr_suggestion(none), Error);
  for (const char* damaged : {"", "{", "[]", "{\"rule\": \"valley\"}"}) {
    EXPECT_THROW(lr_result_from_json(damaged), Error) << damaged;
  }
}

TEST(LrRecord, GivesBackEverySweepToTheLastBit) {
  const LrPlan of = plan(30);
  const std::vector<LrSweep> sweeps = {sweep(5, of, true), sweep(6, of)};
  const std::string csv = to_csv(sweeps);
  const auto back = sweeps_from_csv(csv, of);
  ASSERT_TRUE(back);
  EXPECT_EQ(to_csv(*back), csv);
  EXPECT_TRUE((*back)[0].diverged);
  EXPECT_FALSE((*back)[1].diverged);
  EXPECT_EQ((*back)[1].losses, sweeps[1].losses);
  EXPECT_EQ(sweeps_from_csv(to_csv({}), of)->size(), 0U);
}

TEST(LrRecord, IsNotTakenForWhatItIsNot) {
  const LrPlan of = plan(30);
  const std::string csv = to_csv({sweep(5, of), sweep(6, of)});
  ASSERT_TRUE(sweeps_from_csv(csv, of));
  EXPECT_FALSE(sweeps_from_csv("", of));
  EXPECT_FALSE(sweeps_from_csv(csv.substr(0, csv.size() / 2), of)) << "torn";
  EXPECT_FALSE(sweeps_from_csv(csv.substr(0, csv.rfind("\n6,")) + "\n", of)) << "a row is missing";
  EXPECT_FALSE(sweeps_from_csv(csv, plan(31))) << "an epoch of another length";
  EXPECT_FALSE(sweeps_from_csv(csv, plan(30, 1))) << "a seed too many";
  EXPECT_FALSE(sweeps_from_csv(to_csv({sweep(6, of)}), of)) << "not the first seed";
  EXPECT_FALSE(sweeps_from_csv(csv + "nonsense\n", of));
}

}  // namespace
}  // namespace r50::probe
