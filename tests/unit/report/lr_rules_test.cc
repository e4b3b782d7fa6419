#include "report/lr_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

namespace r50::report {
namespace {

using Json = nlohmann::json;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

// Made by tests/data/lr_finder/record.py.
const Json& recorded() {
  static const Json curves =
      Json::parse(std::ifstream(R50_SOURCE_DIR "/tests/data/lr_finder/curves.json"));
  return curves;
}

std::vector<double> numbers(const Json& list) {
  std::vector<double> found;
  for (const Json& item : list) {
    found.push_back(item.is_string() ? std::strtod(item.get<std::string>().c_str(), nullptr)
                                     : item.get<double>());
  }
  return found;
}

LrCurve curve_of(const Json& entry) { return {numbers(entry["rates"]), numbers(entry["losses"])}; }

LrCurve with_losses(std::vector<double> losses) {
  LrCurve curve;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    curve.rates.push_back(std::pow(10, 0.1 * static_cast<double>(i) - 5));
  }
  curve.losses = std::move(losses);
  return curve;
}

// fastai's index is -1 there, which is Python for the last point: the rate that has diverged.
const std::string wraps_round = "down_once_at_the_start, valley";

TEST(LrRules, SayWhatFastaiSays) {
  int compared = 0, without = 0;
  for (const Json& entry : recorded()) {
    const LrCurve part = judged_part(curve_of(entry), entry["planned"].get<std::int64_t>());
    for (const LrRule rule : lr_rules) {
      const std::string what = entry["name"].get<std::string>() + ", " + name_of(rule);
      const Json& expected = entry["fastai"][name_of(rule)];
      const auto got = suggestion(rule, part);
      ASSERT_EQ(got.has_value(), !expected.is_null()) << what;
      if (what == wraps_round) {
        EXPECT_NEAR(expected.get<double>() / part.rates.back(), 1, 1e-6);
        EXPECT_EQ(got, part.rates.front());
      } else if (got) {
        // fastai's rates are of 32 bits, and neighbours are at least 1.8 % apart.
        EXPECT_NEAR(*got / expected.get<double>(), 1, 1e-6) << what;
        ++compared;
      } else {
        ++without;
      }
    }
  }
  EXPECT_GE(recorded().size(), 30U);
  EXPECT_GE(compared, 120);
  EXPECT_GE(without, 10) << "curves too short for a rule, where fastai raises";
}

TEST(LrRules, SmoothAndStopAsFastaiDidInRealSweeps) {
  int sweeps = 0, cut_short = 0;
  for (const Json& entry : recorded()) {
    if (!entry.contains("raw")) continue;
    ++sweeps;
    const LrCurve curve = curve_of(entry);
    const std::vector<double> raw = numbers(entry["raw"]);
    ASSERT_GE(raw.size(), curve.losses.size());
    SmoothedLoss smoothed(0.98);
    DivergenceWatch watch(4);
    for (std::size_t i = 0; i < curve.losses.size(); ++i) {
      const double loss = smoothed.add(raw[i]);
      EXPECT_NEAR(loss / curve.losses[i], 1, 1e-5) << entry["name"] << " " << i;
      const bool diverged = watch.diverged(loss);
      const bool last = i + 1 == curve.losses.size();
      if (!last) {
        EXPECT_FALSE(diverged) << entry["name"] << " " << i;
      } else if (curve.losses.size() < entry["planned"].get<std::size_t>()) {
        EXPECT_TRUE(diverged) << entry["name"];
        ++cut_short;
      }
    }
  }
  EXPECT_GE(sweeps, 3);
  EXPECT_GE(cut_short, 1);
}

TEST(LrRules, ByHand) {
  // Lower for six points: the chain begins "before" the first, is 6 long, and a third and a sixth
  // of that are 2 and 1.
  const LrCurve down = with_losses({6, 5, 4, 3, 2, 1});
  EXPECT_EQ(suggestion(LrRule::valley, down), down.rates[2]);
  EXPECT_EQ(suggestion(LrRule::minimum, down), down.rates[5] / 10);
  const LrCurve cliff = with_losses({6, 5.9, 5.8, 3, 2.9, 7});
  EXPECT_EQ(suggestion(LrRule::steep, cliff), cliff.rates[2]);
  EXPECT_EQ(suggestion(LrRule::slide, cliff), std::nullopt) << "its window is of 15";
  // Straight but for its last five points, which bend up: the window leaves them behind.
  std::vector<double> bent(40, 1.0);
  for (std::size_t i = 35; i < 40; ++i) bent[i] = 1 + static_cast<double>(i - 34);
  const LrCurve hook = with_losses(bent);
  EXPECT_EQ(suggestion(LrRule::slide, hook), hook.rates[19]);
}

TEST(LrRules, ValleyNeverTakesTheLargestRateOfACurveThatOnlyRises) {
  const LrCurve rising = with_losses({2, 1, 3, 4, 5, 6, 7});
  EXPECT_EQ(suggestion(LrRule::valley, rising), rising.rates[0]);
}

TEST(LrRules, TiesTakeTheSmallestRate) {
  const LrCurve flat = with_losses(std::vector<double>(30, 2.0));
  EXPECT_EQ(suggestion(LrRule::valley, flat), flat.rates[0]);
  EXPECT_EQ(suggestion(LrRule::minimum, flat), flat.rates[0] / 10);
}

TEST(LrRules, HaveNothingToSayOfNothing) {
  for (const LrRule rule : lr_rules) EXPECT_EQ(suggestion(rule, {}), std::nullopt);
  const LrCurve one = with_losses({2});
  EXPECT_EQ(suggestion(LrRule::valley, one), one.rates[0]);
  EXPECT_EQ(suggestion(LrRule::steep, one), std::nullopt);
}

TEST(LrRules, JudgeWithoutTheEndsAndUpToTheFirstNan) {
  std::vector<double> losses(50, 1.0);
  EXPECT_EQ(judged_part(with_losses(losses), 50).losses.size(), 40U);
  EXPECT_EQ(judged_part(with_losses(losses), 50).rates.front(), with_losses(losses).rates[5]);
  losses[20] = nan;
  losses[30] = nan;
  EXPECT_EQ(judged_part(with_losses(losses), 50).losses.size(), 15U);
  EXPECT_EQ(judged_part(with_losses({1, 2, 3}), 100).losses.size(), 0U);
  EXPECT_EQ(judged_part({}, 0).losses.size(), 0U);
}

TEST(LrRules, DivergenceIsTheFirstRateThatWentTooFar) {
  const LrCurve wild = with_losses({2, 1, 3.9, 4.1, 0.5, 100});
  EXPECT_EQ(divergence_rate(wild, 4), wild.rates[3]);
  EXPECT_EQ(divergence_rate(wild, 1e3), std::nullopt);
  const LrCurve broken = with_losses({2, 1, nan});
  EXPECT_EQ(divergence_rate(broken, 4), broken.rates[2]);
  EXPECT_EQ(divergence_rate(with_losses({2, inf, 1}), 4), with_losses({2, inf, 1}).rates[1]);
  EXPECT_EQ(divergence_rate({}, 4), std::nullopt);
}

TEST(LrRules, MedianOfWhatIsThere) {
  EXPECT_EQ(median({}), std::nullopt);
  EXPECT_EQ(median({std::nullopt, std::nullopt}), std::nullopt);
  EXPECT_EQ(median({3.0, std::nullopt, 1.0, 2.0}), 2.0);
  EXPECT_EQ(median({4.0, 1.0, 2.0, 3.0}), 2.5);
}

TEST(LrRules, CautiousRateIsHalfTheDivergenceAtMostAndReadable) {
  EXPECT_EQ(cautious_rate(0.0437281, std::nullopt), 0.0437);
  EXPECT_EQ(cautious_rate(0.0437281, 1.0), 0.0437);
  EXPECT_EQ(cautious_rate(0.0437281, 0.05), 0.025);
  EXPECT_EQ(cautious_rate(3, std::nullopt), 3);
  EXPECT_EQ(cautious_rate(0.001, std::nullopt), 0.001);
  EXPECT_EQ(cautious_rate(0.3, std::nullopt), 0.3);
  EXPECT_EQ(cautious_rate(999.999, std::nullopt), 1000);
  EXPECT_EQ(cautious_rate(0.00056899, std::nullopt), 0.000569);
  EXPECT_EQ(cautious_rate(9, 1.9999), 0.999) << "1.00 would be above the half";
  EXPECT_EQ(cautious_rate(1.2345e-7, std::nullopt), 1.23e-7);
  EXPECT_EQ(cautious_rate(0, std::nullopt), 0);
  for (double rate = 1e-7; rate < 10; rate *= 1.37) {
    const double taken = cautious_rate(10, rate);
    EXPECT_LE(taken, rate / 2);
    EXPECT_GT(taken, rate / 2 * 0.989);
  }
}

}  // namespace
}  // namespace r50::report
