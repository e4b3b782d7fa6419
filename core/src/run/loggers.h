#pragma once

// Loggers are consumers with cursors: one thread and one bounded queue each. A full queue or a sink
// that is down costs nothing but a later look into metrics.jsonl.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "r50/logger.h"

namespace r50::run {

struct NamedLogger {
  std::string name;
  Held<Logger> logger;
};

class Loggers {
 public:
  // `log_path` is the run's metrics.jsonl, `next` the first row they have not been told of.
  // `complain` is called once for a logger that failed, from its thread; it is then dropped.
  Loggers(std::vector<NamedLogger> loggers, base::Files& files, std::string log_path,
          std::int64_t next, std::function<void(const std::string&)> complain);
  ~Loggers();
  void row(const Row& row);  // [training thread] never blocks
  void flush();              // asks; does not wait
  void end(const std::string& how, double patience_seconds);  // waits at most so long

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace r50::run
