#include <gmock/gmock.h>

#include "sweep/show/shared_text.h"
#include "sweep/show/trial_table.h"
#include "sweep/show/varied_words.h"

namespace r50::sweep {
namespace {

using testing::HasSubstr;
using testing::Not;

Trial trial_that_sets(std::int64_t number, std::vector<std::string> words) {
  Trial trial;
  trial.number = number;
  trial.id = "id" + std::to_string(number);
  trial.epochs = 9;
  trial.words = std::move(words);
  return trial;
}

TEST(SweepWords, ThoseOfAllAreSaidOnceAndDrawnNumbersAreShort) {
  const std::vector<Trial> trials = {
      trial_that_sets(0, {"b=9", "a=32", "lr=0.40628713265505206", "use=\"sgd 1.123456\""}),
      trial_that_sets(1, {"b=9", "a=32", "lr=3.754712858918381e-05", "use=\"lars\""})};
  const VariedWords varied(trials);
  EXPECT_EQ(varied.of(trials[0]), "lr=0.4063 use=\"sgd 1.123456\"");
  EXPECT_EQ(varied.of(trials[1]), "lr=3.755e-05 use=\"lars\"");
  EXPECT_EQ(varied.common(), "b=9 a=32") << "in the order of the file";
  EXPECT_EQ(varied.of(trial_that_sets(2, {"b=9", "lr=0.123456789"})), "lr=0.123456789")
      << "one that came later";
}

TEST(SweepWords, OfASingleTrialNothingIsLeftOut) {
  const std::vector<Trial> trials = {trial_that_sets(0, {"a=32", "lr=0.1"})};
  EXPECT_EQ(VariedWords(trials).of(trials[0]), "a=32 lr=0.1");
  EXPECT_EQ(VariedWords(trials).common(), "");
  EXPECT_EQ(VariedWords({}).common(), "");
}

TEST(SweepWords, AMergedRunIsNoTrialAmongThem) {
  std::vector<Trial> trials = {trial_that_sets(0, {"a=1", "averaging=[1]", "averaging.0.start=2"}),
                               trial_that_sets(1, {"a=1", "averaging=[1]", "averaging.0.start=3"}),
                               trial_that_sets(2, {"a=1", "averaging=[all of it]"})};
  trials[0].leader = trials[1].leader = "id2";
  trials[2].stage = "merged";
  const std::string table = trial_table(trials, {});
  EXPECT_THAT(table, HasSubstr("averaging.0.start=3\n"));
  EXPECT_THAT(table, HasSubstr("the run of 0, 1\nall set a=1 averaging=[1]\n"));
  EXPECT_THAT(table, Not(HasSubstr("all of it")));
}

TEST(SweepWords, ATableSaysWhatAllSet) {
  const std::vector<Trial> trials = {trial_that_sets(0, {"a=1"}), trial_that_sets(1, {"a=2"})};
  EXPECT_THAT(trial_table(trials, {}), Not(HasSubstr("all set")));
}

TEST(SweepWords, WhyNothingIsShared) {
  std::vector<Trial> trials = {trial_that_sets(0, {"scheduler.lr=0.1", "run.seed=1"}),
                               trial_that_sets(1, {"scheduler.lr=0.2", "run.seed=1"}),
                               trial_that_sets(2, {"scheduler.lr=0.1", "run.seed=2"})};
  SweepFile sweep;
  EXPECT_EQ(unshared_text(trials, sweep), "") << "they were looked at, and part at once";
  sweep.stop.type = StopRule::asha;
  EXPECT_EQ(unshared_text(trials, sweep), "");
  sweep.stop.type = StopRule::none;
  sweep.launcher.kind = LauncherKind::kubernetes;
  EXPECT_THAT(unshared_text(trials, sweep), HasSubstr("Kubernetes"));
  trials[1].words = {"optimizer.momentum=0.8", "run.seed=1"};
  EXPECT_EQ(unshared_text(trials, sweep), "") << "no two of them have anything in common";
}

TEST(SweepWords, WhyTrialsAreNoMergedRun) {
  const std::vector<Trial> trials = {trial_that_sets(0, {"averaging.0.decay=0.9", "a=1"}),
                                     trial_that_sets(1, {"averaging.0.decay=0.8", "a=1"}),
                                     trial_that_sets(2, {"averaging.0.decay=0.8", "a=2"})};
  SweepFile sweep;
  EXPECT_EQ(unshared_text(trials, sweep), "");
  sweep.stop.type = StopRule::asha;
  EXPECT_EQ(unshared_text(trials, sweep),
            "2 of 3 trials differ in [[averaging]] only, but each is a run of its own: "
            "[early_terminate] judges each by itself\n\n");
}

TEST(SweepWords, WhatIsSharedUnderAStopperIsTheMostThereCanBe) {
  std::vector<Trial> trials = {trial_that_sets(0, {"a=1"}), trial_that_sets(1, {"a=2"})};
  trials[0].epochs = trials[1].epochs = 9;
  trials[1].parent = trials[0].id;
  trials[1].branch = 4;
  SweepFile sweep;
  EXPECT_THAT(sharing_text(trials, sweep), HasSubstr("trained once: 14 epochs of 18\ntrial 0"));
  sweep.stop.type = StopRule::hyperband;
  EXPECT_THAT(sharing_text(trials, sweep), HasSubstr("trained once: 14 epochs of 18 at most: "));
}

}  // namespace
}  // namespace r50::sweep
