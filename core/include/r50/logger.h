#pragma once

#include <string>
#include <vector>

#include "r50/events.h"
#include "r50/plugin.h"
#include "r50/progress.h"

namespace r50 {

struct LoggerFacts : RunFacts {
  std::string run_name;
  std::string run_id;
  std::string run_folder;  // where a logger's own files go
  std::string experiment;  // the resolved experiment, as TOML
  std::vector<std::string> sets;
  std::string logger_name;  // of this [[logger]], for files that are named after it
};

// An observer: it is given what happened, on a thread of its own, in order, each row once. It never
// delays training; if it throws, it is named and dropped, and the run continues.
class Logger : public Plugin {
 public:
  static constexpr Kind kind = Kind::logger;
  using Facts = LoggerFacts;
  ~Logger() override;

  // Asked at a start: the first row the sink lacks, at most `next`. A kill may have come between
  // giving a row and its reaching the sink, so a sink that knows what it holds says so here, and
  // one that is rewritten at each start says 0. Default: it holds every row below `next`.
  virtual std::int64_t wanted(std::int64_t next) { return next; }
  // Before the first row after a start, with the answer to `wanted`: the rows that follow count
  // from `next`, and rows a sink holds from there on were undone by the continuation.
  virtual void resumed(std::int64_t next) = 0;
  virtual void row(const Row& row) = 0;
  // Everything given so far shall be safe with the sink. At ends of epochs and of the run.
  virtual void flush() = 0;
  // The run's end: "done", "interrupted", "stopped", "failed".
  virtual void ended(const std::string& how);
};

}  // namespace r50
