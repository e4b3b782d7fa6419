// A run that is stopped anywhere and continued by another process must equal one that
// was never stopped.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/train/fakes.h"

namespace r50::train::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t enough = 200;  // more boundaries or batches than any of these runs has

struct Straight {
  Straight() {
    EXPECT_EQ(bench.trainer().run(), Outcome::finished);
    end = bytes_of(saved(bench.trainer()));
  }
  Bench bench;
  std::string end;
};

const Straight& straight() {
  static const Straight run;
  return run;
}

// What a continued run logs after `kept` rows, from `archive` on.
void expect_same_end(const Archive& archive, std::vector<std::string> kept) {
  Bench next(77);  // other weights: everything must come from the archive
  EXPECT_THAT(next.trainer().load(archive), IsEmpty());
  ASSERT_EQ(next.trainer().run(), Outcome::finished);
  kept.insert(kept.end(), next.run.rows.begin(), next.run.rows.end());
  EXPECT_EQ(kept, straight().bench.run.rows);
  EXPECT_EQ(bytes_of(saved(next.trainer())), straight().end);
}

TEST(Continuation, TheStraightRunHasAllThatCanGoWrong) {
  const auto& rows = straight().bench.run.rows;
  EXPECT_EQ(straight().bench.run.boundaries, 15);  // 12 steps and 3 evaluations
  EXPECT_THAT(rows, Contains(HasSubstr("evaluation 3 12 plain")));
  EXPECT_THAT(rows, Contains(HasSubstr("evaluation 3 12 ema")));
  EXPECT_THAT(rows, Contains(HasSubstr("evaluation 3 12 swa")));
  EXPECT_THAT(rows, Contains(HasSubstr("step 12 3")));
}

TEST(Continuation, FromEveryBoundary) {
  std::int64_t k = 0;
  for (; k < enough; ++k) {
    SCOPED_TRACE(k);
    Bench first;
    first.run.stop_at = k;
    const Outcome outcome = first.trainer().run();
    if (outcome == Outcome::finished) break;
    expect_same_end(saved(first.trainer()), first.run.rows);
  }
  EXPECT_EQ(k, 14);  // the last boundary is the end: nothing is left to continue
}

TEST(Continuation, SavingChangesNothing) {
  Bench bench;
  bench.run.boundary = [&](bool) { saved(bench.trainer()); };
  bench.trainer().run();
  EXPECT_EQ(bench.run.rows, straight().bench.run.rows);
  EXPECT_EQ(bytes_of(saved(bench.trainer())), straight().end);
}

TEST(Continuation, AfterAnEvaluationThatWasGivenUp) {
  const std::int64_t hurries = straight().bench.run.hurries;
  ASSERT_GT(hurries, 20);  // between all batches of seven evaluations and two estimations
  for (std::int64_t h = 0; h < hurries; ++h) {
    SCOPED_TRACE(h);
    Bench first;
    first.run.hurry_at = h;
    std::string last_boundary;
    first.run.boundary = [&](bool) { last_boundary = bytes_of(saved(first.trainer())); };
    ASSERT_EQ(first.trainer().run(), Outcome::interrupted);
    const Progress at = first.trainer().progress();
    EXPECT_EQ(at.step_in_epoch(), 0);
    EXPECT_EQ(first.run.boundaries % 5, 4);  // the steps of the epoch, and not its evaluation
    EXPECT_EQ(bytes_of(saved(first.trainer())), last_boundary);  // it left no trace
    expect_same_end(saved(first.trainer()), first.run.rows);
  }
}

TEST(Continuation, TheSameTrainerGoesOnAfterAnEvaluationThatWasGivenUp) {
  Bench bench;
  bench.run.hurry_at = 4;
  ASSERT_EQ(bench.trainer().run(), Outcome::interrupted);
  ASSERT_EQ(bench.trainer().run(), Outcome::finished);
  EXPECT_EQ(bench.run.rows, straight().bench.run.rows);
  EXPECT_EQ(bytes_of(saved(bench.trainer())), straight().end);
}

TEST(Continuation, AFinishedRunHasNothingToDo) {
  Bench first;
  first.trainer().run();
  Bench next;
  next.trainer().load(saved(first.trainer()));
  EXPECT_EQ(next.trainer().run(), Outcome::finished);
  EXPECT_THAT(next.run.rows, IsEmpty());
}

TEST(Continuation, TheArchiveReadsLikeAStateDict) {
  Bench bench;
  const Archive archive = saved(bench.trainer());
  std::vector<std::string> names;
  for (const auto& [name, item] : archive.child("model").items()) names.push_back(name);
  EXPECT_THAT(names,
              ElementsAre("conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean",
                          "bn1.running_var", "bn1.num_batches_tracked", "fc.weight", "fc.bias"));
}

Archive halfway() {
  Bench bench;
  bench.run.stop_at = 6;  // two steps into the second epoch
  bench.trainer().run();
  return saved(bench.trainer());
}

TEST(ChangedExperiment, AnAveragingThatIsNewStartsAfreshAndOneThatIsGoneIsDropped) {
  Bench next;
  next.parts.averaging[1].name = "late";
  EXPECT_THAT(next.trainer().load(halfway()),
              ElementsAre("The checkpoint has no averaging 'late': it starts afresh from here.",
                          "The averaging 'swa' of the checkpoint is not in the experiment and is "
                          "dropped."));
  EXPECT_EQ(next.trainer().run(), Outcome::finished);
  EXPECT_THAT(next.run.rows, Contains(HasSubstr("evaluation 3 12 late")));
}

TEST(ChangedExperiment, AnotherMetricChoosesTheBestAfresh) {
  Bench next;
  next.settings.best_by = BestBy::loss;
  EXPECT_THAT(next.trainer().load(halfway()),
              ElementsAre(HasSubstr("chosen by top1, which is no longer [checkpoint] metric")));
}

TEST(ChangedExperiment, AnotherModelIsRefusedAndNothingChanged) {
  Archive archive = halfway();
  Archive other;
  for (const auto& [name, item] : archive.child("model").items()) {
    const at::Tensor& tensor = std::get<at::Tensor>(item);
    if (name != "bn1.bias") other.put(name, name == "fc.weight" ? values({10, 4}, 1) : tensor);
  }
  archive.child(std::string("model")) = std::move(other);
  Bench next;
  const std::string before = bytes_of(saved(next.trainer()).child("model"));
  try {
    next.trainer().load(archive);
    FAIL() << "loaded";
  } catch (const WrongInput& error) {
    EXPECT_THAT(error.what(), HasSubstr("'bn1.bias' is missing from it"));
    EXPECT_THAT(error.what(), HasSubstr("'fc.weight' is [10, 4] in it and [7, 4] in the model"));
  }
  EXPECT_EQ(bytes_of(saved(next.trainer()).child("model")), before);
}

TEST(ChangedExperiment, AnotherLengthOfAnEpochIsTakenAtTheEndOfAnEpochOnly) {
  Bench next;
  next.settings.facts.length = {3, 2};
  next.settings.facts.accumulate = 4;
  EXPECT_THROW(next.trainer().load(halfway()), WrongInput);

  Bench first;
  first.run.stop_at = 4;  // the first epoch is complete
  first.trainer().run();
  next.trainer().load(saved(first.trainer()));
  EXPECT_EQ(next.trainer().progress().step, 2);
  EXPECT_EQ(next.trainer().run(), Outcome::finished);
  EXPECT_EQ(std::get<EpochEvent>(next.run.events.back()).step, 6);
}

}  // namespace
}  // namespace r50::train::test
