#include "r50/scheduler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "r50/archive.h"
#include "support/plugins/plugin_under_test.h"

namespace r50::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// The rates of a run of 10 epochs of 10 steps, batch 8; torch's own are compared in tests/oracle.
Rates at(const Held<Scheduler>& scheduler, std::int64_t step, RunLength length) {
  return scheduler.call([&](auto& it) { return it.rates({.step = step, .length = length}); });
}
Rates at(const Held<Scheduler>& scheduler, std::int64_t step) {
  return at(scheduler, step, some_run().length);
}

TEST(Constant, StaysAfterItsWarmup) {
  const auto it = build<Scheduler>(
      "use = 'constant'\nlr = 0.2\nwarmup = '4 steps'\nstart_factor = 0.5", some_run());
  EXPECT_DOUBLE_EQ(at(it, 0).lr, 0.1);
  EXPECT_DOUBLE_EQ(at(it, 2).lr, 0.15);
  EXPECT_DOUBLE_EQ(at(it, 4).lr, 0.2);
  EXPECT_DOUBLE_EQ(at(it, 99).lr, 0.2);
  EXPECT_FALSE(at(it, 99).momentum.has_value());
}

TEST(Constant, ScalesARateWithTheBatch) {
  const auto it = build<Scheduler>("use = 'constant'\nlr = '0.1 per 256'", some_run());
  EXPECT_DOUBLE_EQ(at(it, 0).lr, 0.1 * 8 / 256);
}

TEST(Cosine, EndsWhereItIsToldAndStaysThere) {
  const auto it = build<Scheduler>("use = 'cosine'\nlr = 0.4\nfinal_fraction = 0.25", some_run());
  EXPECT_DOUBLE_EQ(at(it, 0).lr, 0.4);
  EXPECT_DOUBLE_EQ(at(it, 50).lr, 0.25);
  EXPECT_DOUBLE_EQ(at(it, 100).lr, 0.1);
  EXPECT_DOUBLE_EQ(at(it, 150).lr, 0.1);  // torch's would climb again
}

TEST(Cosine, ByEpochChangesOnlyBetweenEpochs) {
  const auto it = build<Scheduler>("use = 'cosine'\nlr = 0.4\nstep = 'epoch'", some_run());
  EXPECT_EQ(at(it, 20).lr, at(it, 29).lr);
  EXPECT_GT(at(it, 29).lr, at(it, 30).lr);
}

TEST(Cosine, StretchesWithALongerRun) {
  const auto it = build<Scheduler>("use = 'cosine'\nlr = 0.4\nwarmup = '10%'", some_run());
  const RunLength longer{.epochs = 20, .steps_per_epoch = 10};
  EXPECT_DOUBLE_EQ(at(it, 55).lr, at(it, 110, longer).lr);
}

TEST(Cosine, RefusesTwoEndsAndAWarmupWithoutEnd) {
  EXPECT_THAT(problems(Kind::scheduler, "use = 'cosine'\neta_min = 0.1\nfinal_fraction = 0.1"),
              HasSubstr("test.toml:3"));
  EXPECT_THAT(problems(Kind::scheduler, "use = 'cosine'\nwarmup = '11 epochs'"),
              HasSubstr("warmup"));
  EXPECT_THAT(problems(Kind::scheduler, "use = 'cosine'\nwarmup = '2 epochs'"), IsEmpty());
}

TEST(OneCycle, GoesUpAndDownAndMomentumTheOtherWay) {
  const auto it = build<Scheduler>("use = 'one_cycle'\nmax_lr = 0.5", some_run());
  EXPECT_NEAR(at(it, 0).lr, 0.02, 1e-15);
  EXPECT_DOUBLE_EQ(at(it, 0).momentum.value(), 0.95);
  EXPECT_DOUBLE_EQ(at(it, 29).lr, 0.5);
  EXPECT_DOUBLE_EQ(at(it, 29).momentum.value(), 0.85);
  EXPECT_NEAR(at(it, 99).lr, 0.02 / 1e4, 1e-15);
  EXPECT_DOUBLE_EQ(at(it, 99).momentum.value(), 0.95);
  EXPECT_EQ(at(it, 100).lr, at(it, 99).lr);
}

TEST(OneCycle, KnowsRunsOfAFewSteps) {
  const auto it = build<Scheduler>("use = 'one_cycle'\nmax_lr = 0.5", some_run());
  for (std::int64_t steps = 1; steps <= 8; ++steps) {
    for (std::int64_t step = 0; step <= steps; ++step) {
      const double lr = at(it, step, {.epochs = 1, .steps_per_epoch = steps}).lr;
      EXPECT_GE(lr, 0.02 / 1e4 - 1e-12) << step << " of " << steps;
      EXPECT_LE(lr, 0.5) << step << " of " << steps;
    }
  }
}

TEST(OneCycle, LeavesMomentumAloneIfToldTo) {
  const auto it = build<Scheduler>("use = 'one_cycle'\ncycle_momentum = false", some_run());
  EXPECT_FALSE(at(it, 50).momentum.has_value());
}

constexpr auto two_parts =
    "use = 'sequence'\nmilestones = ['4.5 epochs']\n"
    "[[parts]]\nuse = 'cosine'\nlr = 0.4\n"
    "[[parts]]\nuse = 'one_cycle'\nmax_lr = 0.5\n";

TEST(Sequence, GivesEachPartAClockOfItsOwn) {
  const auto it = build<Scheduler>(two_parts, some_run());
  EXPECT_DOUBLE_EQ(at(it, 0).lr, 0.4);
  EXPECT_NEAR(at(it, 44).lr, 0, 1e-3);
  EXPECT_NEAR(at(it, 45).lr, 0.02, 1e-15);
  EXPECT_DOUBLE_EQ(at(it, 45).momentum.value(), 0.95);
  EXPECT_NEAR(at(it, 99).lr, 0.02 / 1e4, 1e-12);
}

TEST(Sequence, MilestonesInPercentMoveWithTheRun) {
  const auto it = build<Scheduler>(
      "use = 'sequence'\nmilestones = ['50%']\n[[parts]]\nuse = 'constant'\nlr = 1\n"
      "[[parts]]\nuse = 'constant'\nlr = 2\n",
      some_run());
  const RunLength longer{.epochs = 20, .steps_per_epoch = 10};
  EXPECT_EQ(at(it, 49).lr, 1);
  EXPECT_EQ(at(it, 50).lr, 2);
  EXPECT_EQ(at(it, 99, longer).lr, 1);
  EXPECT_EQ(at(it, 100, longer).lr, 2);
}

TEST(Sequence, SequencesNest) {
  const auto it = build<Scheduler>(
      "use = 'sequence'\nmilestones = ['20 steps']\n"
      "[[parts]]\nuse = 'constant'\nlr = 1\n"
      "[[parts]]\nuse = 'sequence'\nmilestones = ['50%']\n"
      "[[parts.parts]]\nuse = 'constant'\nlr = 2\n[[parts.parts]]\nuse = 'constant'\nlr = 3\n",
      some_run());
  EXPECT_EQ(at(it, 19).lr, 1);
  EXPECT_EQ(at(it, 59).lr, 2);
  EXPECT_EQ(at(it, 60).lr, 3);
}

TEST(Sequence, SaysWhatIsWrongWithItsParts) {
  EXPECT_THAT(problems(Kind::scheduler, "use = 'sequence'\n[[parts]]\nuse = 'constant'\nlrr = 1"),
              HasSubstr("test.toml:4"));
  EXPECT_THAT(problems(Kind::scheduler, "use = 'sequence'"), HasSubstr("parts"));
  EXPECT_THAT(problems(Kind::scheduler,
                       "use = 'sequence'\nmilestones = ['1 epochs', '2 epochs']\n"
                       "[[parts]]\nuse = 'constant'\n[[parts]]\nuse = 'constant'"),
              HasSubstr("2 parts need 1 milestone"));
  EXPECT_THAT(problems(Kind::scheduler,
                       "use = 'sequence'\nmilestones = ['10 epochs']\n"
                       "[[parts]]\nuse = 'constant'\n[[parts]]\nuse = 'constant'"),
              HasSubstr("milestones"));
}

TEST(Sequence, RefusesMilestonesOutOfOrder) {
  const auto table =
      "use = 'sequence'\nmilestones = ['50%', '2 epochs']\n"
      "[[parts]]\nuse = 'constant'\n[[parts]]\nuse = 'constant'\n[[parts]]\nuse = 'constant'\n";
  try {
    build<Scheduler>(table, some_run());
    FAIL() << "milestones out of order were taken";
  } catch (const WrongInput& error) {
    EXPECT_THAT(error.what(), HasSubstr("test.toml:2"));
    EXPECT_THAT(error.what(), HasSubstr("2 epochs"));
  }
}

TEST(Sequence, IsPredictableAndResumableAndLoadsAnotherNumberOfParts) {
  const auto two = build<Scheduler>(two_parts, some_run());
  EXPECT_TRUE(two.call([](auto& it) { return it.predictable() && it.resumable(); }));
  Archive archive;
  two.call([&](auto& it) { it.save(archive); });
  const auto three = build<Scheduler>(
      "use = 'sequence'\nmilestones = ['20%', '40%']\n[[parts]]\nuse = 'constant'\n"
      "[[parts]]\nuse = 'constant'\n[[parts]]\nuse = 'constant'\nlr = 3",
      some_run());
  three.call([&](auto& it) { it.load(archive); });
  EXPECT_EQ(at(three, 99).lr, 3);
}

}  // namespace
}  // namespace r50::test
