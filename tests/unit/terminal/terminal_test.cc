#include "terminal/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <sstream>
#include <thread>

#include "report/text_table.h"
#include "support/base/fake_clock.h"
#include "terminal/live_line.h"

namespace r50::terminal {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr RunLength length{.epochs = 12, .steps_per_epoch = 100};

StepEvent step_event(std::int64_t number) {
  return {.step = number,
          .epoch = (number - 1) / 100 + 1,
          .loss = 2.3142,
          .lr = 0.0921,
          .momentum = 0.9,
          .grad_norm = 0,
          .size = 64,
          .wall = {1, 312.4, 0.02}};
}

EvaluationEvent result(const std::string& set, double top1, bool best = false) {
  return {.epoch = 1,
          .step = 100,
          .set = set,
          .loss = 1.5,
          .top1 = top1,
          .top5 = 90,
          .images = 100,
          .best = best,
          .wall_seconds = 1};
}

EpochEvent epoch(std::int64_t number) {
  return {number, 100 * number, 2.25, 0.05, 0, {63, 312, 0.02}};
}

// What a terminal of any height shows of the output: carriage returns and "erase to the end"
// obeyed.
std::vector<std::string> shown(const std::string& output) {
  std::vector<std::string> lines(1);
  std::size_t column = 0;
  for (std::size_t i = 0; i < output.size(); ++i) {
    if (output[i] == '\n') {
      lines.emplace_back();
      column = 0;
    } else if (output[i] == '\r') {
      column = 0;
    } else if (output.compare(i, 3, "\x1b[K") == 0) {
      lines.back().resize(column);
      i += 2;
    } else {
      lines.back().resize(std::max(lines.back().size(), column + 1));
      lines.back()[column++] = output[i];
    }
  }
  return lines;
}

class TerminalTest : public testing::Test {
 protected:
  Terminal& open(bool live, TerminalOptions options = {},
                 std::vector<std::string> sets = {"plain"}) {
    Screen screen;
    screen.live = live;
    screen.width = [this] { return width_; };
    terminal_.emplace(options, out_, screen, clock_);
    terminal_->begin(length, std::move(sets));
    return *terminal_;
  }
  std::vector<std::string> lines() { return shown(out_.str()); }

  int width_ = 100;
  std::ostringstream out_;
  test::FakeClock clock_;
  std::optional<Terminal> terminal_;
};

TEST_F(TerminalTest, TheLiveLineIsDrawnInPlaceAndNotTooOften) {
  Terminal& terminal = open(true);
  for (int i = 1; i <= 50; ++i) {
    terminal.live(step_event(i));
    clock_.pass(0.0625);
  }
  const std::string output = out_.str();
  EXPECT_EQ(std::count(output.begin(), output.end(), '\r'), 25);
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_THAT(lines()[0], testing::MatchesRegex("epoch 1/12  [=>.]+  step 49/100  loss 2.314  "
                                                "lr 0.0921  312 img/s  wait 2 %  eta 1 min 12 s"));
}

TEST_F(TerminalTest, NotesStandAboveTheLiveLine) {
  Terminal& terminal = open(true);
  terminal.live(step_event(1));
  terminal.note("a word");
  EXPECT_THAT(lines(), testing::ElementsAre("a word", HasSubstr("step 1/100")));
  terminal_.reset();
  EXPECT_THAT(lines(), testing::ElementsAre("a word", ""));  // the prompt comes to a clean line
}

TEST_F(TerminalTest, TheLiveLineNeverReachesTheEdge) {
  Terminal& terminal = open(true);
  for (width_ = 1; width_ < 140; ++width_) {
    out_.str("");
    clock_.pass(1);
    terminal.live(step_event(10));
    EXPECT_LT(report::columns(lines().back()), static_cast<std::size_t>(std::max(width_, 2)));
  }
}

TEST_F(TerminalTest, EpochsMakeATable) {
  Terminal& terminal = open(true, {}, {"plain", "ema"});
  width_ = 110;
  for (int i = 1; i <= 2; ++i) {
    terminal.live(step_event(100 * i));
    terminal.event({0, result("plain", 50.0 + i, i == 2)});  // and ema is better still
    if (i == 2) terminal.event({0, result("ema", 76.416, true)});
    terminal.event({0, epoch(i)});
  }
  const auto all = lines();
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[0], "                  -------- plain --------  --------- ema ---------");
  EXPECT_EQ(all[1],
            "  epoch    train     loss  top-1    top-5     loss  top-1    top-5         lr         "
            "time   img/s   wait");
  EXPECT_EQ(all[2],
            "   1/12   2.2500   1.5000  51.00    90.00        -      -        -       0.05   1 min "
            "03 s     312    2 %");
  EXPECT_EQ(all[3],
            "   2/12   2.2500   1.5000  52.00    90.00   1.5000  76.42*   90.00       0.05   1 min "
            "03 s     312    2 %");
}

TEST_F(TerminalTest, ANarrowWindowShowsFewerColumns) {
  Terminal& terminal = open(true, {}, {"plain", "ema", "swa"});
  width_ = 80;
  terminal.epoch_row(epoch(1), {result("plain", 50), result("ema", 51), result("swa", 52, true)});
  for (const std::string& line : lines()) EXPECT_LE(line.size(), 80U) << line;
  EXPECT_THAT(lines()[2], HasSubstr("52.00*"));
}

TEST_F(TerminalTest, TheHeaderComesAgainForLongRunsAndNewSets) {
  Terminal& terminal = open(true);
  for (int i = 1; i <= 21; ++i) terminal.epoch_row(epoch(i), {result("plain", 50)});
  const auto headers = [this] {
    const auto all = lines();
    return std::count_if(all.begin(), all.end(),
                         [](const auto& line) { return line.find("train") != line.npos; });
  };
  EXPECT_EQ(headers(), 2);
  terminal.epoch_row(epoch(22), {result("plain", 50), result("swa", 60)});
  EXPECT_EQ(headers(), 3);
}

TEST_F(TerminalTest, WithoutATerminalThereArePlainLinesNowAndThen) {
  Terminal& terminal = open(false);
  for (int i = 1; i <= 100; ++i) {
    terminal.live(step_event(i));
    clock_.pass(0.5);
  }
  terminal.event({0, result("plain", 50, true)});
  terminal.event({1, epoch(1)});
  const std::string output = out_.str();
  EXPECT_THAT(output, Not(HasSubstr("\x1b")));
  EXPECT_THAT(output, Not(HasSubstr("\r")));
  ASSERT_EQ(lines().size(), 7U);
  EXPECT_EQ(lines()[1],
            "epoch 1/12  step 21/100  loss 2.314  lr 0.0921  312 img/s  wait 2 %  eta 9 min 50 s");
  EXPECT_EQ(lines()[5],
            "epoch 1/12 done: training loss 2.2500; plain 50.00 % top-1, 90.00 % top-5, loss "
            "1.5000 (best); lr 0.05, 1 min 03 s, 312 img/s, waiting for data 2 %");
}

TEST_F(TerminalTest, JsonIsOneObjectALine) {
  Terminal& terminal = open(false, {.quiet = false, .json = true});
  terminal.live(step_event(1));
  terminal.note("two\n\"lines\"");
  terminal.event({4, epoch(1)});
  EXPECT_THAT(lines(),
              testing::ElementsAre(R"({"kind":"note","text":"two\n\"lines\""})",
                                   testing::StartsWith(R"({"row":4,"kind":"epoch",)"), ""));
}

TEST_F(TerminalTest, QuietIsQuiet) {
  Terminal& terminal = open(true, {.quiet = true, .json = false});
  terminal.live(step_event(1));
  terminal.note("a word");
  terminal.event({0, epoch(1)});
  terminal_.reset();
  EXPECT_EQ(out_.str(), "");
}

TEST_F(TerminalTest, ThreadsMayNoteWhileTheLineIsDrawn) {
  Terminal& terminal = open(true);
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) terminal.note("note");
  });
  for (int i = 1; i <= 100; ++i) terminal.live(step_event(i));
  other.join();
  const auto all = lines();
  EXPECT_EQ(std::count(all.begin(), all.end(), "note"), 100);
}

TEST(LiveLine, UnicodeBarsCountAsColumnsNotBytes) {
  const std::string line = live_line(step_event(50), length, 60, 99, true);
  EXPECT_LE(report::columns(line), 99U);
  EXPECT_THAT(line, HasSubstr("━"));
}

TEST(LiveLine, ALossThatNobodyKnowsYetIsNotShownAsANumber) {
  StepEvent unread = step_event(7);
  unread.loss = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(live_line(unread, {}, std::nullopt, 99, false),
            "epoch 1  step 7  lr 0.0921  312 img/s  wait 2 %");
}

TEST(LiveLine, WithoutKnownLengthThereAreNoTotals) {
  EXPECT_EQ(live_line(step_event(7), {}, std::nullopt, 99, false),
            "epoch 1  step 7  loss 2.314  lr 0.0921  312 img/s  wait 2 %");
}

TEST(EtaTest, FollowsRecentSpeedAndCountsEvaluationsToCome) {
  Eta eta(length);
  EXPECT_FALSE(eta.seconds_left());
  double now = 0;
  eta.step(1, now += 100);  // the slow first step counts for nothing
  for (int i = 2; i <= 100; ++i) eta.step(i, now += 1);
  EXPECT_NEAR(*eta.seconds_left(), 1100, 1e-6);
  eta.evaluated(20);
  eta.epoch_done();
  now += 20;
  for (int i = 101; i <= 200; ++i) eta.step(i, now += 2);  // slower now
  EXPECT_NEAR(*eta.seconds_left(), 2000 + 20 * 10, 20);
}

TEST(EtaTest, EndsAtNothing) {
  Eta eta({.epochs = 1, .steps_per_epoch = 10});
  for (int i = 1; i <= 10; ++i) eta.step(i, i);
  EXPECT_EQ(*eta.seconds_left(), 0);
}

}  // namespace
}  // namespace r50::terminal
