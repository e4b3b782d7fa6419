#include "r50/averaging.h"

#include <ATen/ops/full.h>
#include <c10/core/GradMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "support/plugins/plugin_under_test.h"

namespace r50::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// A model of one number, which is the number of steps taken: so that an average shows by its value
// which steps went into it. 10 epochs of 10 steps.
class ShortRun {
 public:
  explicit ShortRun(const std::string& table) {
    static_cast<RunFacts&>(facts_) = some_run();
    facts_.model.parameters = {{"weight", at::full({1}, 0.0, at::TensorOptions(at::kFloat))}};
    facts_.name = "average";
    averaging_ = build<Averaging>(table, facts_);
  }

  void until(std::int64_t step) {
    const at::NoGradGuard no_gradient;
    for (; step_ < step; ++step_) {
      facts_.model.parameters[0].tensor.fill_(static_cast<double>(step_ + 1));
      averaging_.call(
          [&](auto& it) { it.after_step({.step = step_ + 1, .length = facts_.length}); });
    }
  }

  std::optional<WeightSet> weights() const {
    return averaging_.call([](auto& it) { return it.weights(); });
  }
  double value() const { return weights().value().tensors.parameters[0].tensor.item<double>(); }

 private:
  AveragingFacts facts_;
  Held<Averaging> averaging_;
  std::int64_t step_ = 0;
};

TEST(Ema, HasNothingToShowBeforeItsStart) {
  ShortRun run("use = 'ema'\nstart = '2 epochs'");
  run.until(20);
  EXPECT_FALSE(run.weights().has_value());
  run.until(21);
  EXPECT_EQ(run.value(), 21);
  EXPECT_EQ(run.weights()->name, "average");
  EXPECT_FALSE(run.weights()->bn_stale);
}

TEST(Ema, UpdatesEveryFewSteps) {
  ShortRun run("use = 'ema'\ndecay = 0.5\nevery = 10");
  run.until(29);
  EXPECT_EQ(run.value(), 15);  // of steps 10 and 20
  run.until(30);
  EXPECT_EQ(run.value(), 22.5);
}

TEST(Ema, WarmupForgetsTheFirstWeightsSooner) {
  ShortRun plain("use = 'ema'\ndecay = 0.99"), warm("use = 'ema'\ndecay = 0.99\nwarmup = true");
  plain.until(10);
  warm.until(10);
  EXPECT_LT(plain.value(), 2);
  EXPECT_GT(warm.value(), 7);
}

TEST(Ema, HorizonDoesNotDependOnEvery) {
  ShortRun often("use = 'ema'\nhorizon_epochs = 2\nevery = 1");
  ShortRun seldom("use = 'ema'\nhorizon_epochs = 2\nevery = 5");
  often.until(100);
  seldom.until(100);
  EXPECT_NEAR(often.value(), 100 - 2 * 10, 3);
  EXPECT_NEAR(often.value(), seldom.value(), 3);
}

TEST(Ema, SaysWhatIsWrong) {
  EXPECT_THAT(problems(Kind::averaging, "use = 'ema'\ndecay = 0.9\nhorizon_epochs = 2"),
              HasSubstr("test.toml:3"));
  EXPECT_THAT(problems(Kind::averaging, "use = 'ema'\nstart = '10 epochs'"), HasSubstr("start"));
  EXPECT_THAT(problems(Kind::averaging, "use = 'ema'\ndecay = 1"), HasSubstr("decay"));
  EXPECT_THAT(problems(Kind::averaging, "use = 'ema'"), IsEmpty());
}

TEST(Swa, IsTheMeanOfTheLastEpochsWeights) {
  ShortRun run("use = 'swa'\nstart = '7 epochs'");
  run.until(79);
  EXPECT_FALSE(run.weights().has_value());
  run.until(100);
  EXPECT_FLOAT_EQ(static_cast<float>(run.value()), (80 + 90 + 100) / 3.0F);
  EXPECT_TRUE(run.weights()->bn_stale);
}

TEST(Swa, RefusesToStartAfterTheEnd) {
  EXPECT_THAT(problems(Kind::averaging, "use = 'swa'\nstart = '12 epochs'"), HasSubstr("start"));
  EXPECT_THAT(problems(Kind::averaging, "use = 'swa'\nstart = '100%'"), HasSubstr("start"));
}

}  // namespace
}  // namespace r50::test
