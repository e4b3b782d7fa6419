#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "config/toml_source.h"
#include "report/rows.h"
#include "sweep/control/controller.h"
#include "sweep/roster/roster.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;

Value experiment(const std::string& toml) {
  Problems problems;
  auto value = config::parse_toml(toml, "test.toml", problems);
  EXPECT_EQ(problems.report(), "");
  return *value;
}

std::string names(const MergedAverages& merged) {
  std::string text;
  for (const Value& one : merged.averaging) {
    text += (text.empty() ? "" : " ") + *one.table()->find("name")->text();
  }
  return text;
}

TEST(SweepMerge, HasEachAverageOnceUnderANameOfItsOwn) {
  const MergedAverages merged = merge_averages({
      experiment("averaging = [{use = 'ema', name = 'ema', decay = 0.9}, "
                 "{use = 'swa', name = 'late', start = '3 epochs'}]"),
      experiment("averaging = [{use = 'ema', name = 'ema', decay = 0.99}, "
                 "{use = 'swa', name = 'late', start = '3 epochs'}]"),
      experiment("averaging = []"),
      experiment("averaging = [{use = 'ema', name = 'other', decay = 0.9}]"),
  });
  ASSERT_EQ(merged.averaging.size(), 3u);
  ASSERT_EQ(merged.sets.size(), 4u);
  EXPECT_EQ(merged.sets[0][1], merged.sets[1][1]) << "one average for both";
  EXPECT_NE(merged.sets[0][0].in_run, merged.sets[1][0].in_run);
  EXPECT_EQ(merged.sets[0][0].own, "ema");
  EXPECT_EQ(merged.sets[1][0].own, "ema");
  EXPECT_TRUE(merged.sets[2].empty());
  EXPECT_EQ(merged.sets[3][0], (SetName{"other", merged.sets[0][0].in_run}));
  EXPECT_EQ(names(merged), merged.sets[0][0].in_run + " " + merged.sets[0][1].in_run + " " +
                               merged.sets[1][0].in_run);
}

TEST(SweepMerge, NamesDoNotDependOnWhoIsMerged) {
  const Value one = experiment("averaging = [{use = 'ema', decay = 0.9}]");
  const Value other = experiment("averaging = [{use = 'ema', decay = 0.5}]");
  EXPECT_EQ(merge_averages({one}).sets[0], merge_averages({other, one}).sets[1]);
}

TEST(SweepMerge, OnlyAveragesNameAndFolderAreLeftOut) {
  const std::string base = "run = {name = 'a', folder = 'runs', seed = 1}\n";
  const std::string text = outside_averages(experiment(base + "averaging = [{use = 'ema'}]\n"));
  EXPECT_EQ(text, outside_averages(experiment("run = {name = 'b', folder = 'x', seed = 1}\n")));
  EXPECT_NE(text, outside_averages(experiment("run = {name = 'a', folder = 'runs', seed = 2}\n")));
  EXPECT_NE(text, outside_averages(experiment(base + "scheduler = {lr = 0.1}\n")));
  EXPECT_EQ(outside_averages(experiment("")), "{}");
}

// Of a sweep over an average's decay.
std::vector<Trial> trials_of(bool predictable, StopRule stop = StopRule::none) {
  SweepFile sweep;
  sweep.stop.type = stop;
  Problems problems;
  const auto file = config::parse_toml("parameters.\"averaging.0.decay\".values = [0.5, 0.8]\n",
                                       "s.toml", problems);
  sweep.parameters = read_parameters(*file->table(), problems);
  const Ask ask = [&](const std::vector<Settings>& variants) {
    std::vector<Checked> answers;
    for (const Settings& settings : variants) {
      Checked one;
      one.id = settings.front().word();
      one.epochs = 3;
      one.predictable = predictable;
      one.resolved =
          "{averaging = [{use = \"ema\", decay = " + settings.front().value.toml() + "}]}";
      answers.push_back(one);
    }
    return answers;
  };
  return Roster(sweep, 1, ask, {}, ask).list_all();
}

TEST(SweepMerge, IsOfTrialsWhoseRatesNoAverageCanChange) {
  const std::vector<Trial> trials = trials_of(/*predictable=*/true);
  ASSERT_EQ(trials.size(), 3u);
  EXPECT_TRUE(trials[2].is_merged_run());
  EXPECT_EQ(trials[0].leader, trials[2].id);
  EXPECT_EQ(trials[1].leader, trials[2].id);
  EXPECT_EQ(trials_of(/*predictable=*/false).size(), 2u) << "results decide their rates";
}

TEST(SweepMerge, IsNotOfTrialsThatARuleJudgesOneByOne) {
  EXPECT_EQ(trials_of(/*predictable=*/true, StopRule::asha).size(), 2u);
}

Row evaluation(const std::string& set, std::int64_t epoch, double top1, bool best = false) {
  EvaluationEvent event;
  event.epoch = epoch;
  event.set = set;
  event.top1 = top1;
  event.loss = 100 - top1;
  event.best = best;
  return {0, event};
}

Row ended(std::int64_t epoch) {
  EpochEvent event;
  event.epoch = epoch;
  return {0, event};
}

std::vector<std::string> told(const std::vector<Row>& rows) {
  std::vector<std::string> texts;
  for (const Row& row : rows) {
    std::string text = std::to_string(row.number) + " ";
    if (const auto* event = std::get_if<EvaluationEvent>(&row.event)) {
      text += event->set + std::to_string(event->epoch) + (event->best ? " best" : "");
    } else {
      text += std::holds_alternative<EpochEvent>(row.event) ? "end" : "step";
    }
    texts.push_back(text);
  }
  return texts;
}

TEST(SweepFollow, TellsOfItsOwnSetsInItsOwnOrderBestAmongThemselves) {
  const std::vector<Row> rows = {{0, StepEvent{}},
                                 evaluation("plain", 1, 10),
                                 evaluation("x", 1, 99, true),  // another trial's
                                 evaluation("b", 1, 12),
                                 evaluation("a", 1, 11),
                                 ended(1),
                                 evaluation("plain", 2, 12),
                                 evaluation("x", 2, 100, true),
                                 evaluation("b", 2, std::nan("")),
                                 evaluation("a", 2, 13),
                                 ended(2)};
  EXPECT_THAT(told(own_rows(rows, {{"ema", "a"}, {"swa", "b"}}, "top1")),
              ElementsAre("0 step", "1 plain1 best", "2 ema1 best", "3 swa1 best", "4 end",
                          "5 plain2", "6 ema2 best", "7 swa2", "8 end"));
  EXPECT_THAT(told(own_rows(rows, {}, "loss")),
              ElementsAre("0 step", "1 plain1 best", "2 end", "3 plain2 best", "4 end"));
  EXPECT_TRUE(own_rows({}, {}, "top1").empty());
}

}  // namespace
}  // namespace r50::sweep
