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
  std::string run_folder;   // where a logger's own files go
  std::string experiment;   // the resolved experiment, as TOML
  std::vector<std::string> sets;
};

// An observer: told what happened, on a thread of its own, in order, each row once. It never delays
// training; if it throws it is named and dropped, and the run goes on.
class Logger : public Plugin {
 public:
  static constexpr Kind kind = Kind::logger;
  using Facts = LoggerFacts;
  ~Logger() override;

  // Before the first row after a start: rows below `next` were already told, in an earlier life of
  // the run, and rows a sink holds from `next` on were undone by the continuation.
  virtual void resumed(std::int64_t next) = 0;
  virtual void row(const Row& row) = 0;
  // Everything told so far shall be safe with the sink. At ends of epochs and of the run.
  virtual void flush() = 0;
  // The run's end: "done", "interrupted", "stopped", "failed".
  virtual void ended(const std::string& how);
};

}  // namespace r50
