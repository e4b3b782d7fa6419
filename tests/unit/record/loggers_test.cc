#include "record/loggers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "record/metrics_file.h"
#include "support/temp_folder.h"

namespace r50::record {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// Ends the wait of a test that hangs; no test comes near it.
constexpr double long_time = 60;

// What loggers heard, in words; outlives them, as a sink does.
class Ear {
 public:
  void hear(const std::string& word) {
    const std::lock_guard lock(mutex_);
    heard_.push_back(word);
  }
  std::vector<std::string> heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> heard_;
};

struct Recorder : Logger {
  explicit Recorder(std::shared_ptr<Ear> e) : ear(std::move(e)) {}
  std::int64_t wanted(std::int64_t next) override { return from >= 0 ? from : next; }
  void resumed(std::int64_t next) override { ear->hear("resumed " + std::to_string(next)); }
  void row(const Row& row) override {
    if (gate_at == row.number) {
      reached.set_value();
      gate.get_future().wait();
    }
    if (fail_at == row.number) throw std::runtime_error("the sink is on fire");
    ear->hear("row " + std::to_string(row.number));
  }
  void flush() override { ear->hear("flush"); }
  void ended(const std::string& how) override { ear->hear("ended " + how); }

  std::shared_ptr<Ear> ear;
  std::int64_t from = -1;
  std::int64_t gate_at = -1;  // waits here until the gate opens
  std::int64_t fail_at = -1;
  std::promise<void> reached, gate;
};

class LoggersTest : public testing::Test {
 protected:
  std::shared_ptr<Recorder> recorder() { return std::make_shared<Recorder>(ear_); }
  void start(std::vector<std::shared_ptr<Logger>> loggers, std::size_t capacity = 1024) {
    std::vector<NamedLogger> named;
    for (auto& logger : loggers) {
      const std::string name = "number " + std::to_string(named.size());
      named.push_back({name, {std::move(logger), "logger '" + name + "' (x.so)"}});
    }
    loggers_.emplace(
        std::move(named), base::real_files(), path_, log_.mark().rows,
        [this](const std::string& text) { complaints_.hear(text); }, capacity);
  }
  void rows(int count) {
    for (int i = 0; i < count; ++i) loggers_->row(log_.add(StepEvent{}));
  }
  static std::vector<std::string> expected(std::int64_t from, std::int64_t to) {
    std::vector<std::string> words = {"resumed " + std::to_string(from)};
    for (std::int64_t i = from; i < to; ++i) words.push_back("row " + std::to_string(i));
    words.insert(words.end(), {"flush", "ended done"});
    return words;
  }

  test::TempFolder folder_;
  std::string path_ = folder_ / "metrics.jsonl";
  MetricsFile log_{base::real_files(), path_, {}};
  std::shared_ptr<Ear> ear_ = std::make_shared<Ear>();
  Ear complaints_;
  std::optional<Loggers> loggers_;
};

TEST_F(LoggersTest, TellEachRowOnceInOrderThenTheEnd) {
  start({recorder()});
  rows(500);
  EXPECT_EQ(loggers_->end("done", long_time), 0U);
  EXPECT_EQ(ear_->heard(), expected(0, 500));
  EXPECT_TRUE(complaints_.heard().empty());
}

TEST_F(LoggersTest, AFullQueueIsMadeGoodFromTheLog) {
  auto slow = recorder();
  slow->gate_at = 3;
  start({slow}, 4);
  rows(4);
  slow->reached.get_future().wait();
  rows(300);  // far more than the queue holds, while the logger hangs
  slow->gate.set_value();
  rows(10);
  EXPECT_EQ(loggers_->end("done", long_time), 0U);
  EXPECT_EQ(ear_->heard(), expected(0, 314));
}

TEST_F(LoggersTest, AContinuedRunTellsOnlyWhatFollows) {
  for (int i = 0; i < 7; ++i) log_.add(StepEvent{});
  start({recorder()});
  rows(3);
  loggers_->end("done", long_time);
  EXPECT_EQ(ear_->heard(), expected(7, 10));
}

TEST_F(LoggersTest, ASinkThatLagsBehindGetsWhatItLacks) {
  for (int i = 0; i < 7; ++i) log_.add(StepEvent{});
  auto lagging = recorder();
  lagging->from = 2;
  start({lagging});
  rows(3);
  loggers_->end("done", long_time);
  EXPECT_EQ(ear_->heard(), expected(2, 10));
}

TEST_F(LoggersTest, ASinkCannotWantRowsThatAreUndone) {
  auto ahead = recorder();
  ahead->from = 50;
  start({ahead});
  rows(2);
  loggers_->end("done", long_time);
  EXPECT_EQ(ear_->heard(), expected(0, 2));
}

TEST_F(LoggersTest, AFailingLoggerIsNamedOnceAndDroppedAndOthersGoOn) {
  auto bad = std::make_shared<Recorder>(std::make_shared<Ear>());
  bad->fail_at = 5;
  start({bad, recorder()});
  rows(100);
  EXPECT_EQ(loggers_->end("done", long_time), 0U);
  EXPECT_EQ(ear_->heard(), expected(0, 100));
  EXPECT_THAT(complaints_.heard(),
              ElementsAre(AllOf(HasSubstr("'number 0' failed"), HasSubstr("x.so"),
                                HasSubstr("the sink is on fire"), HasSubstr("The run continues"))));
  EXPECT_EQ(bad->ear->heard().size(), 6U);  // resumed and rows 0 to 4, and nothing after
}

TEST_F(LoggersTest, FlushComesAfterTheRowsBeforeIt) {
  start({recorder()});
  rows(20);
  loggers_->flush();
  loggers_->end("done", long_time);
  const auto heard = ear_->heard();
  const auto flush = std::find(heard.begin(), heard.end(), "flush");
  EXPECT_EQ(flush - heard.begin(), 21);
}

TEST_F(LoggersTest, AHangingSinkIsLeftBehindAndTouchesNothing) {
  auto hanging = recorder();
  hanging->gate_at = 1;
  start({hanging, recorder()}, 2);
  rows(50);
  hanging->reached.get_future().wait();
  // The second one is heard through the same ear; wait for it with patience for one only.
  EXPECT_GE(loggers_->end("done", 0), 1U);
  EXPECT_THAT(complaints_.heard(), testing::Contains(AllOf(HasSubstr("'number 0' has not finished"),
                                                           HasSubstr("metrics.jsonl"))));
  loggers_.reset();
  base::real_files().remove(path_);
  const std::size_t complaints = complaints_.heard().size();
  const std::weak_ptr<Recorder> watch = hanging;
  hanging->gate.set_value();
  hanging.reset();
  while (!watch.expired()) std::this_thread::yield();  // its thread has ended
  EXPECT_EQ(complaints_.heard().size(), complaints);
}

TEST_F(LoggersTest, RowsThatWaitForAFullDiskAreToldOnceTheyAreWritten) {
  auto slow = recorder();
  slow->gate_at = 0;
  start({slow}, 1);
  loggers_->row(log_.add(StepEvent{}));
  slow->reached.get_future().wait();
  // Numbers 1 to 5 are given but stand in no file yet, and the queue holds but one of them.
  std::string late;
  for (std::int64_t i = 1; i <= 5; ++i) {
    loggers_->row({i, StepEvent{}});
    late += row_text({i, StepEvent{}}) + "\n";
  }
  slow->gate.set_value();
  base::real_files().append(path_)->write(late);
  loggers_->row({6, StepEvent{}});
  base::real_files().append(path_)->write(row_text({6, StepEvent{}}) + "\n");
  EXPECT_EQ(loggers_->end("done", long_time), 0U);
  EXPECT_EQ(ear_->heard(), expected(0, 7));
}

TEST_F(LoggersTest, ADamagedLogDropsTheLoggerThatNeedsIt) {
  for (int i = 0; i < 3; ++i) log_.add(StepEvent{});
  folder_.write("metrics.jsonl", "garbage\ngarbage\ngarbage\n");
  auto wants_all = recorder();
  wants_all->from = 0;
  start({wants_all});
  loggers_->end("done", long_time);
  EXPECT_THAT(complaints_.heard(), ElementsAre(HasSubstr("Line 1 of")));
}

TEST_F(LoggersTest, WithoutAnEndTheLoggersHearThatTheRunFailed) {
  start({recorder()});
  rows(2);
  loggers_.reset();
  EXPECT_EQ(ear_->heard().back(), "ended failed");
}

TEST_F(LoggersTest, NoLoggersNoThreads) {
  start({});
  rows(3);
  EXPECT_EQ(loggers_->end("done", 0), 0U);
}

}  // namespace
}  // namespace r50::record
