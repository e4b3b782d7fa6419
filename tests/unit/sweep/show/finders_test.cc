#include "sweep/show/finders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "r50/error.h"
#include "support/temp_folder.h"
#include "sweep/trial/trial_folder.h"

namespace r50::sweep {
namespace {

using testing::HasSubstr;

constexpr const char* suggestion = R"({"suggested_max_lr": 0.02, "rule": "valley", "batch": 64,
  "suggestions": {"valley": {"median": 0.05, "seeds": [0.04, null, 0.06]}},
  "divergence": {"smallest": 0.04, "seeds": [0.04, null, null]}})";
constexpr const char* curves =
    "seed,iteration,lr,loss,smoothed\n1,0,1e-05,2.5,2.5\n1,1,0.001,2.25,2.4\n"
    "2,0,1e-05,2.5,2.6\n2,1,0.001,nan,nan\n";

Trial done(const std::string& id, std::int64_t number, const std::string& word) {
  Trial trial;
  trial.id = id;
  trial.number = number;
  trial.state = TrialState::finished;
  trial.words = {"run.epochs=2", word};
  return trial;
}

SweepFile of_finders() {
  SweepFile sweep;
  sweep.method = Method::lr_find;
  sweep.metric.name = suggested_rate;
  return sweep;
}

TEST(SweepFinders, AreReadFromTheirFolders) {
  const test::TempFolder folder;
  folder.write("a/lr_suggestion.json", suggestion);
  folder.write("a/lr_find.csv", curves);
  Trial other = done("b", 1, "run.batch=128");
  other.state = TrialState::running;
  const auto finders = read_finders(base::real_files(), folder.path(),
                                    {done("a", 0, "run.batch=64"), other}, of_finders());
  ASSERT_EQ(finders.size(), 1U);
  const Finder& one = finders.front();
  EXPECT_EQ(one.name, "batch 64");
  EXPECT_EQ(one.suggested, 0.02);
  EXPECT_EQ(one.low, 0.04);
  EXPECT_EQ(one.high, 0.06);
  EXPECT_EQ(one.divergence, 0.04);
  ASSERT_EQ(one.curves.size(), 2U);
  EXPECT_EQ(one.curves[0].rates, (std::vector<double>{1e-5, 1e-3}));
  EXPECT_EQ(one.curves[0].losses, (std::vector<double>{2.5, 2.4}));
  EXPECT_EQ(finder_table(finders),
            "suggested  from seed to seed  diverges  batch  point\n"
            "     0.02       0.04 to 0.06      0.04     64  batch 64\n"
            "\nby the rule valley; at most half the rate at which a seed diverged\n");
  const std::string chart = finder_chart(finders, "max_lr");
  EXPECT_EQ(chart.substr(1, 3), "PNG");
  EXPECT_EQ(chart, finder_chart(finders, "max_lr"));
  EXPECT_NE(chart, finder_chart({}, "max_lr"));
  EXPECT_THAT(finder_table({}), HasSubstr("No finder has finished"));
}

TEST(SweepFinders, ADamagedSuggestionIsNamed) {
  const test::TempFolder folder;
  folder.write("a/lr_suggestion.json", "{\"suggested_max_lr\": 0.02}");
  folder.write("a/lr_find.csv", curves);
  try {
    read_finders(base::real_files(), folder.path(), {done("a", 0, "x=1")}, of_finders());
    FAIL() << "nothing was wrong";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("a/lr_suggestion.json' is damaged"));
  }
}

TEST(SweepFinders, AreFinishedOnceTheySuggestARate) {
  const test::TempFolder folder;
  const auto facts = [&] { return read_facts(base::real_files(), folder.path(), suggested_rate); };
  EXPECT_FALSE(facts().finished);
  folder.write("output.txt", "device cpu\nseed 1  iteration 5/60\n");
  folder.write("exit", "75\n");
  EXPECT_EQ(facts().rows, 2) << "what it says shows that it is alive";
  EXPECT_EQ(facts().exit_code, 75);
  folder.write("lr_suggestion.json", "{\"suggested_max_lr\": null}");
  EXPECT_FALSE(facts().finished) << "its curves were too short: it has failed, and says why";
  folder.write("lr_suggestion.json", suggestion);
  EXPECT_TRUE(facts().finished);
  EXPECT_EQ(facts().result, 0.02);
  EXPECT_EQ(facts().reports.size(), 1U);
}

}  // namespace
}  // namespace r50::sweep
