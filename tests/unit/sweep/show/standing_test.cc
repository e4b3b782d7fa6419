#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_sweeps.h"
#include "sweep/show/standing.h"
#include "sweep/show/varied_words.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<Standing> standings_of(const MadeSweep& made) {
  const Judged judged = judge_trials(made.source.trials, made.source.sweep);
  return standings(judged, judge::Names(judged.groups), made.source.sweep);
}

TEST(SweepStanding, ColumnsHaveTheDigitsThatTheirNoiseDeserves) {
  EXPECT_EQ(column_digits({57.31, 8}, {}), 2);  // four digits
  EXPECT_EQ(column_digits({0.5123}, {}), 4);
  EXPECT_EQ(column_digits({57.31}, {0.42, 0.3}), 2);  // two of the noise
  EXPECT_EQ(column_digits({57.31}, {4.2}), 1);
  EXPECT_EQ(column_digits({57.31}, {42}), 0);
  EXPECT_EQ(column_digits({}, {}), 1);
  EXPECT_EQ(column_digits({std::nan("")}, {0}), 1);
  EXPECT_EQ(in_column(57.3111, 2), "57.31");
  EXPECT_EQ(in_column(1.5e9, 2), "1.5e+09");
}

TEST(SweepStanding, TellsMeanDeviationAndInterval) {
  MadeSweep made;
  made.add_seeds({"x=2"}, {40, 41.5, 42});
  made.add_seeds({"x=1"}, {50, 51, 52});
  made.add_seeds({"x=3"}, {60, std::nan(""), 62});
  const auto all = standings_of(made);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].name, "x 1");
  EXPECT_EQ(all[0].mean, "51.0");
  EXPECT_EQ(all[0].deviation, "1.0");
  EXPECT_EQ(all[0].half_width, "2.5");  // 4.303 / sqrt(3)
  EXPECT_EQ(all[0].seeds, "3");
  EXPECT_EQ(all[1].name, "x 2");
  EXPECT_EQ(all[1].word, "separable");
  EXPECT_EQ(all[1].behind, "9.8 ± 0.7");  // 10, 9.5, 10: sd 0.289
  EXPECT_EQ(all[2].mean, "diverged");
  EXPECT_EQ(all[2].word, "not judged: diverged");
  EXPECT_EQ(all[2].half_width, "");
}

TEST(SweepStanding, WithoutReplicatesNobodyLeads) {
  MadeSweep made;
  for (int i = 0; i < 4; ++i) {
    made.add({"x=" + std::to_string(i)}, TrialState::finished, 50 + i);
  }
  for (const Standing& one : standings_of(made)) EXPECT_EQ(one.word, "not judged");
  EXPECT_FALSE(was_judged(judge_trials(made.source.trials, made.source.sweep)));
}

TEST(SweepStanding, StoppedTrialsAreNamedAndDoNotCount) {
  MadeSweep made;
  made.add_seeds({"x=1"}, {50, 51});
  made.add({"x=2"}, TrialState::stopped, 99);
  const auto all = standings_of(made);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].mean, "50.50");
  const auto said =
      reservations(judge_trials(made.source.trials, made.source.sweep), made.source.trials);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_THAT(said[0], HasSubstr("1 trial was stopped early"));
  EXPECT_THAT(said[0], HasSubstr("never enter the judgement"));
}

// A budget may end the first stage early: the verdict says so.
TEST(SweepStanding, SaysThatTheSecondStageChoseAmongWhatWasDone) {
  MadeSweep made;
  const auto said = [&] {
    const auto all =
        reservations(judge_trials(made.source.trials, made.source.sweep), made.source.trials);
    return all.empty() ? "" : all[0] + "\n" + report_text(made.source.trials, made.source.sweep);
  };
  made.add({"x=1"}, TrialState::finished, 50);
  made.add({"x=2"}, TrialState::finished, 51);
  made.add({"x=3"}, TrialState::waiting, 0);
  made.add({"x=4"}, TrialState::waiting, 0);
  EXPECT_THAT(said(), Not(HasSubstr("chose among")));
  made.add({"x=2", "run.seed=2"}, TrialState::waiting, 0).stage = "confirm";
  EXPECT_THAT(said(), HasSubstr("The second stage chose among what was done, 2 of 4 points: 2 "
                                "trials of the first stage have not been run to the end.\n\n"));
  made.source.trials[2].state = made.source.trials[3].state = TrialState::finished;
  EXPECT_THAT(said(), Not(HasSubstr("chose among")));
}

judge::Observations table_with(const std::vector<std::pair<std::string, double>>& values) {
  judge::Observations table;
  for (const auto& [text, number] : values) {
    table.trials.push_back({{{"lr", text, number}}, 0, true, 1, 1});
  }
  return table;
}

std::vector<std::string> texts(const judge::Observations& table) {
  std::vector<std::string> all;
  for (const judge::Observation& trial : table.trials) all.push_back(trial.point[0].text);
  return all;
}

TEST(SweepReadable, CutsDrawnNumbers) {
  auto table = table_with({{"0.012345678", 0.012345678}, {"0.5", 0.5}, {"3e-05", 3e-05}});
  make_readable(table);
  EXPECT_THAT(texts(table), ElementsAre("0.01235", "0.5", "3e-05"));
}

TEST(SweepReadable, LeavesWholeNumbersAndWhatWouldBecomeAlike) {
  auto whole = table_with({{"1281167", 1281167}});
  make_readable(whole);
  EXPECT_THAT(texts(whole), ElementsAre("1281167"));
  auto alike = table_with({{"0.999901234", 0.999901234}, {"0.999902", 0.999902}, {"0.5", 0.5}});
  make_readable(alike);
  EXPECT_THAT(texts(alike), ElementsAre("0.999901", "0.999902", "0.5"));
  auto twins = table_with({{"0.1234567891", 0.1234567891}, {"0.1234567892", 0.1234567892}});
  make_readable(twins);
  EXPECT_THAT(texts(twins), ElementsAre("0.1234567891", "0.1234567892"));
}

TEST(SweepMarkdown, SaysTheVerdictAndHowToRepeatIt) {
  MadeSweep made;
  made.add_seeds({"x=1"}, {50, 51, 52});
  made.add_seeds({"x=2"}, {40, 41.5, 42});
  const std::string text = report_markdown(made.source.trials, made.source.sweep);
  EXPECT_THAT(text, HasSubstr("**x 1 wins: it is separable from the other point judged.**"));
  EXPECT_THAT(text, HasSubstr("6 of 6 trials finished; top1, higher is better."));
  EXPECT_THAT(text, HasSubstr("| **x 1** |      51.0 | 1.0 | ± 2.5 |     3 |"));
  EXPECT_THAT(text, HasSubstr("- x 1 over x 2 by 9.8 ± 0.7 pp: separable with 3 seeds"));
  EXPECT_THAT(text, HasSubstr("```sh\nr50sweep sweeps/made.toml\n"));
}

TEST(SweepMarkdown, WithoutReplicatesNamesNoWinner) {
  MadeSweep made;
  made.add({"x=1"}, TrialState::finished, 50);
  made.add({"x=2"}, TrialState::finished, 60);
  const std::string text = report_markdown(made.source.trials, made.source.sweep);
  EXPECT_THAT(text, HasSubstr("**Not judged: "));
  EXPECT_THAT(text, HasSubstr("Give the sweep `seeds = 3`."));
  for (const char* word : {"wins", "leads", "Best"}) EXPECT_THAT(text, Not(HasSubstr(word)));
}

TEST(SweepMarkdown, NamesCannotBreakIt) {
  EXPECT_EQ(markdown_text("max_lr *0.1* <b> [a](b) `c` #1"),
            "max_lr \\*0.1\\* \\<b\\> \\[a\\](b) \\`c\\` \\#1");
  EXPECT_EQ(markdown_text("_a_ \\ b\nc"), "\\_a\\_ \\\\ b c");
  MadeSweep made;
  made.add({"x=\"a|b\""}, TrialState::finished, 50);
  made.add({"x=\"<script>\""}, TrialState::finished, 60);
  const std::string text = report_markdown(made.source.trials, made.source.sweep);
  EXPECT_THAT(text, HasSubstr("x a\\|b"));
  EXPECT_THAT(text, HasSubstr("\\<script\\>"));
  EXPECT_THAT(text, Not(HasSubstr(" <script>")));
}

TEST(SweepMarkdown, OfAnEmptySweepIsShort) {
  const MadeSweep made;
  const std::string text = report_markdown(made.source.trials, made.source.sweep);
  EXPECT_THAT(text, HasSubstr("0 of 0 trials finished"));
  EXPECT_THAT(text, Not(HasSubstr("|")));
}

}  // namespace
}  // namespace r50::sweep
