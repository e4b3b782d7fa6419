#include <gmock/gmock.h>

#include "sweep/show/status.h"
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

}  // namespace
}  // namespace r50::sweep
