#pragma once

// One logger's queue, cursor and thread.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/files.h"
#include "record/loggers.h"

namespace r50::record {

// What the threads use of the run around them. Closed at the run's end: a thread that is left
// behind in its plugin finds the door shut when it comes back.
class LoggerDoor {
 public:
  LoggerDoor(base::Files& files, std::string log_path,
             std::function<void(const std::string&)> complain)
      : files_(&files), log_path_(std::move(log_path)), complain_(std::move(complain)) {}

  // Rows [from, to) as far as they are in the file already.
  std::vector<Row> read(std::int64_t from, std::int64_t to);
  void complain(const std::string& text);
  void close();

 private:
  std::mutex mutex_;
  base::Files* files_;
  std::string log_path_;
  std::function<void(const std::string&)> complain_;
};

class LoggerThread {
 public:
  LoggerThread(NamedLogger logger, std::shared_ptr<LoggerDoor> door, std::int64_t next,
               std::size_t capacity)
      : logger_(std::move(logger)),
        door_(std::move(door)),
        start_(next),
        newest_(next),
        capacity_(capacity) {}

  // The thread owns a share of `self`, so that it may outlive the run.
  static void start(const std::shared_ptr<LoggerThread>& self);

  // [training thread]
  void row(const Row& row);
  void flush();
  void end(const std::string& how);
  // True: it has finished, and its thread is joined. False: it is left to itself.
  bool join_until(std::chrono::steady_clock::time_point time);
  const std::string& name() const { return logger_.name; }

 private:
  void work();
  void give_rows();
  bool next_rows(std::vector<Row>& rows);  // false: the run has ended and it has all rows
  void flush_if_due();
  bool abandoned();

  const NamedLogger logger_;
  const std::shared_ptr<LoggerDoor> door_;
  const std::int64_t start_;
  std::int64_t cursor_ = 0;  // the next row to tell; the thread's own
  std::thread thread_;

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Row> queue_;  // in order; rows between cursor and its front are read from the file
  std::int64_t newest_;    // one past the last row given
  std::int64_t flush_at_ = -1;  // flush once the cursor has come here; -1: no
  bool ending_ = false;
  bool abandoned_ = false;
  bool finished_ = false;
  std::string how_;
  const std::size_t capacity_;
};

}  // namespace r50::record
