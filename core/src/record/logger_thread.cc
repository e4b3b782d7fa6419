#include "record/logger_thread.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

#include "r50/error.h"
#include "report/rows.h"

namespace r50::record {

std::vector<Row> LoggerDoor::read(std::int64_t from, std::int64_t to) {
  const std::lock_guard lock(mutex_);
  if (!files_) return {};
  std::vector<Row> rows = report::read_rows(*files_, log_path_, from);
  if (rows.size() > static_cast<std::size_t>(to - from)) rows.resize(to - from);
  return rows;
}

void LoggerDoor::complain(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (!complain_) return;
  try {
    complain_(text);
  } catch (const std::exception&) {
    // On a logger's thread nobody would catch it, and a logger never ends a run.
  }
}

void LoggerDoor::close() {
  const std::lock_guard lock(mutex_);
  files_ = nullptr;
  complain_ = nullptr;
}

void LoggerThread::start(const std::shared_ptr<LoggerThread>& self) {
  try {
    self->thread_ = std::thread([self] { self->work(); });
  } catch (const std::system_error& error) {
    self->door_->complain(
        "The logger '" + self->logger_.name +
        "' gets no rows, since no thread could be started for it: " + error.what() + ".");
    self->finished_ = true;
  }
}

void LoggerThread::row(const Row& row) {
  {
    const std::lock_guard lock(mutex_);
    newest_ = row.number + 1;
    if (!finished_ && queue_.size() < capacity_) queue_.push_back(row);
  }
  changed_.notify_all();
}

void LoggerThread::flush() {
  {
    const std::lock_guard lock(mutex_);
    flush_at_ = newest_;
  }
  changed_.notify_all();
}

void LoggerThread::end(const std::string& how) {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    how_ = how;
  }
  changed_.notify_all();
}

bool LoggerThread::join_until(std::chrono::steady_clock::time_point time) {
  std::unique_lock lock(mutex_);
  const bool done = changed_.wait_until(lock, time, [this] { return finished_; });
  abandoned_ = !done;
  lock.unlock();
  if (thread_.joinable()) done ? thread_.join() : thread_.detach();
  return done;
}

bool LoggerThread::abandoned() {
  const std::lock_guard lock(mutex_);
  return abandoned_;
}

void LoggerThread::work() {
  try {
    give_rows();
  } catch (const std::exception& error) {
    door_->complain("The logger '" + logger_.name +
                    "' failed and gets no more rows. The run continues, and metrics.jsonl keeps "
                    "every row. What it said: " +
                    error.what());
  }
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    queue_.clear();
  }
  changed_.notify_all();
}

void LoggerThread::give_rows() {
  logger_.logger.call([&](Logger& logger) {
    cursor_ = std::clamp<std::int64_t>(logger.wanted(start_), 0, start_);
    logger.resumed(cursor_);
  });
  std::vector<Row> rows;
  while (next_rows(rows)) {
    for (const Row& row : rows) {
      if (abandoned()) return;
      logger_.logger.call([&](Logger& logger) { logger.row(row); });
      ++cursor_;
    }
    flush_if_due();
  }
  if (abandoned()) return;
  logger_.logger.call([&](Logger& logger) {
    logger.flush();
    logger.ended(how_);
  });
}

bool LoggerThread::next_rows(std::vector<Row>& rows) {
  rows.clear();
  std::unique_lock lock(mutex_);
  std::int64_t seen = -1;  // rows given when the file was last looked into without success
  for (;;) {
    changed_.wait(lock, [&] {
      return abandoned_ || ending_ || (flush_at_ >= 0 && cursor_ >= flush_at_) ||
             (cursor_ < newest_ && newest_ != seen);
    });
    if (abandoned_) return false;
    if (cursor_ == newest_) return !ending_ || flush_at_ >= 0;
    if (!queue_.empty() && queue_.front().number == cursor_) {
      while (!queue_.empty() &&
             queue_.front().number == cursor_ + static_cast<std::int64_t>(rows.size())) {
        rows.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      return true;
    }
    const std::int64_t to = queue_.empty() ? newest_ : queue_.front().number;
    const bool last_chance = ending_;
    seen = newest_;
    lock.unlock();
    rows = door_->read(cursor_, to);
    if (!rows.empty()) return true;
    lock.lock();
    // Rows may still wait in memory for a full disk; the next row given is reason to look again.
    if (last_chance && !abandoned_) {
      throw Error(absl::StrFormat("rows %d to %d could not be read back from metrics.jsonl",
                                  cursor_, to - 1));
    }
  }
}

void LoggerThread::flush_if_due() {
  {
    const std::lock_guard lock(mutex_);
    if (flush_at_ < 0 || cursor_ < flush_at_) return;
    flush_at_ = -1;
  }
  logger_.logger.call([](Logger& logger) { logger.flush(); });
}

}  // namespace r50::record
