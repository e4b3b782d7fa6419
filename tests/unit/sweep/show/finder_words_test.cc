#include "sweep/show/finders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_finders.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string headline(const MadeFinders& made) {
  return finder_headline(made.source.finders, made.source.trials);
}

TEST(FinderWords, SayWhatTheSuggestionsSpan) {
  MadeFinders made;
  EXPECT_EQ(headline(made), "No finder has finished yet.");
  made.find("batch 64", {"x=1"}, 0.02);
  EXPECT_EQ(headline(made), "1 of 1 finder has finished. By the rule valley it suggests 0.02.");
  made.find("batch 128", {"x=2"}, 0.02).rule = "steep";
  EXPECT_EQ(headline(made),
            "2 of 2 finders have finished. By the rules valley, steep they all suggest 0.02.");
  made.find("batch 32", {"x=3"}, 0.004).suggested = 0.003;
  made.add({"x=4"}, TrialState::failed, 0);
  EXPECT_EQ(headline(made),
            "3 of 4 finders have finished, 1 failed. By the rules valley, steep they suggest 0.003 "
            "(batch 32) to 0.02 (batch 64).");
}

TEST(FinderWords, TellDifferencesOfPointsBesideThoseOfSeeds) {
  MadeFinders made;
  made.find("x 1", {"x=1"}, 0.01);
  made.find("x 2", {"x=2"}, 0.03).high = 0.3;  // its seeds: 0.015 to 0.3
  made.source.finders[1].suggested = 0.02;
  made.add({"x=3"}, TrialState::running, 0);
  EXPECT_THAT(
      finder_reservations(made.source.finders, made.source.trials),
      ElementsAre("From point to point the suggested rates differ by a factor of 2.0 at most, from "
                  "seed to seed of one point by 20 at most.",
                  "No rate is above half of that at which a seed diverged, which holds back 1 of "
                  "2.",
                  HasSubstr("None is the best"),
                  "1 trial has not ended yet: all this may change."));
  for (Finder& one : made.source.finders) one.curves.resize(1);
  EXPECT_THAT(finder_reservations(made.source.finders, made.source.trials)[0],
              HasSubstr("No rate is above half"))
      << "a single seed differs from none";
}

TEST(FinderMarkdown, IsALineAPoint) {
  MadeFinders made;
  made.find("batch 64", {"x=1"}, 0.02).divergence = 0.3;
  made.find("batch | `128`", {"x=2"}, 0.04).wished = 0.1;
  const std::string text =
      finder_markdown(made.source.finders, made.source.trials, made.source.sweep);
  EXPECT_THAT(text, testing::StartsWith("## Sweep made\n\n**2 of 2 finders have finished. "));
  EXPECT_THAT(text,
              testing::ContainsRegex("batch 64 +\\| +0\\.02 +\\| +0\\.01 to 0\\.04 +\\| +0\\.3 "
                                     "+\\| +64 \\|\n"));
  EXPECT_THAT(text, testing::ContainsRegex("batch .. .`128.` .*0\\.04 \\(held back\\).*never"));
  EXPECT_THAT(text, HasSubstr("```sh\nr50sweep sweeps/made.toml\n"));
  const std::string empty = finder_markdown({}, {}, made.source.sweep);
  EXPECT_THAT(empty, HasSubstr("No finder has finished yet."));
  EXPECT_THAT(empty, Not(HasSubstr("### Suggested")));
}

TEST(FinderMarkdown, OfVeryManyPointsSomeAreThere) {
  MadeFinders made;
  for (int i = 0; i < 120; ++i) made.find("x", {"x=" + std::to_string(i)}, 0.01);
  EXPECT_THAT(finder_markdown(made.source.finders, made.source.trials, made.source.sweep),
              HasSubstr("and 20 more\n"));
}

}  // namespace
}  // namespace r50::sweep
