#include "sweep/show/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace r50::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Trial trial(std::int64_t number, TrialState state, std::optional<double> value,
            const std::string& word) {
  Trial one;
  one.number = number;
  one.state = state;
  one.value = value;
  one.words = {"run.epochs=9", word};
  one.epochs = 9;
  one.done = state == TrialState::finished ? 9 : 0;
  return one;
}

SweepFile named() {
  SweepFile sweep;
  sweep.name = "s";
  sweep.path = "s.toml";
  return sweep;
}

Watched usual() {
  Watched now;
  now.controller = "running";
  now.seconds = 75.9;
  now.trials = {trial(0, TrialState::stopped, 1, "x=0"),
                trial(1, TrialState::waiting, {}, "x=1"),
                trial(2, TrialState::finished, 50, "x=2"),
                trial(3, TrialState::failed, {}, "x=3"),
                trial(4, TrialState::finished, 60, "x=4"),
                trial(5, TrialState::running, 20, "x=5"),
                trial(6, TrialState::finished, std::nan(""), "x=6")};
  now.trials[3].message = "no such\ndata";
  now.times = {{5, 12.7}, {4, 3700}};
  return now;
}

TEST(SweepWatch, ShowsWhatRunsThenWhatFailedThenTheBest) {
  EXPECT_EQ(
      watch_screen(usual(), named(), 100, 30),
      "s is running, for 1 min 15 s\n"
      "3 of 7 trials finished, 1 running, 1 waiting, 1 stopped early, 1 failed; best top1 60, "
      "trial 4\n"
      "\n"
      "trial  state      epochs         time      top1  sets\n"
      "    5  running       0/9         12 s        20  x=5\n"
      "    3  failed        0/9                         x=3  (no such data)\n"
      "    4  finished      9/9   1 h 01 min        60  x=4\n"
      "    2  finished      9/9                     50  x=2\n"
      "    6  finished      9/9                    nan  x=6\n"
      "    1  waiting       0/9                         x=1\n"
      "    0  stopped       0/9                      1  x=0\n");
}

TEST(SweepWatch, FitsTheWindow) {
  for (int height = 1; height < 14; ++height) {
    for (int width = 1; width < 90; width += 7) {
      const std::string text = watch_screen(usual(), named(), width, height);
      EXPECT_LE(std::count(text.begin(), text.end(), '\n'), height);
      std::size_t columns = 0;
      for (const char letter : text) {
        if (letter == '\n') columns = 0;
        columns += letter != '\n' && (static_cast<unsigned char>(letter) & 0xc0U) != 0x80 ? 1 : 0;
        EXPECT_LE(columns, static_cast<std::size_t>(width)) << text;
      }
    }
  }
  EXPECT_THAT(watch_screen(usual(), named(), 100, 8),
              HasSubstr("x=4\nand 4 more: 1 waiting, 2 finished, 1 stopped\n"));
  EXPECT_THAT(watch_screen(usual(), named(), 100, 11), Not(HasSubstr("more")));
}

TEST(SweepWatch, SaysWhoWorksOnIt) {
  Watched now = usual();
  now.gone = true;
  now.silent = 20;  // it may be slow to say so
  EXPECT_THAT(watch_screen(now, named(), 100, 9), HasSubstr("s is running"));
  now.silent = 200;
  EXPECT_THAT(
      watch_screen(now, named(), 100, 9),
      HasSubstr("s: no controller has worked on it for 3 min 20 s; r50sweep s.toml resumes it\n"));
  now.controller = "ended";
  EXPECT_THAT(watch_screen(now, named(), 100, 9), HasSubstr("s has ended, after 1 min 15 s\n"));
  EXPECT_THAT(watch_screen({}, named(), 100, 9), HasSubstr("s is about to begin\n"));
}

TEST(SweepWatch, TellsChangesByTheLine) {
  const Watched before = usual();
  EXPECT_THAT(watch_changes(before, before, named()), IsEmpty());
  Watched now = before;
  now.trials[5].state = TrialState::finished;
  now.trials[5].value = 61.5;
  now.trials[1].state = TrialState::running;
  EXPECT_THAT(watch_changes(before, now, named()),
              ElementsAre(" 1 min 15 s  trial 1 running: x=1",
                          " 1 min 15 s  trial 5 finished, top1 61.5: x=5"));
  EXPECT_THAT(watch_changes({}, before, named()), testing::SizeIs(6)) << "all but what waits";
  now.trials[1].state = TrialState::paused;
  now.trials[1].done = 1;
  now.trials[1].epochs = 9;
  now.trials[1].value = 20.5;
  EXPECT_EQ(change_line(now.trials[1], 3725.9, VariedWords(now.trials), named()),
            " 1 h 02 min  trial 1 paused after epoch 1 of 9, top1 20.5: x=1");
}

TEST(SweepWatch, NamesNoBestFinder) {
  SweepFile sweep = named();
  sweep.method = Method::lr_find;
  const std::string text = watch_screen(usual(), sweep, 100, 30);
  EXPECT_THAT(text, Not(HasSubstr("best")));
  EXPECT_LT(text.find("x=2"), text.find("x=4")) << "in the order of the trials";
}

}  // namespace
}  // namespace r50::sweep
