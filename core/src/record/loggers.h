#pragma once

// Loggers are consumers with cursors: one thread and one bounded queue each. A full queue or a sink
// that is slow costs nothing but a later look into metrics.jsonl.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "r50/logger.h"

namespace r50::record {

struct NamedLogger {
  std::string name;
  Held<Logger> logger;
};

class Loggers {
 public:
  // `log_path` is the run's metrics.jsonl, `next` the number of the next row; a logger that wants
  // earlier ones reads them from there. `complain` is called once for a logger that failed, from
  // its thread; it is then dropped. After end() neither `files` nor `complain` is used again.
  Loggers(std::vector<NamedLogger> loggers, base::Files& files, std::string log_path,
          std::int64_t next, std::function<void(const std::string&)> complain,
          std::size_t capacity = 1024);
  ~Loggers();  // end("failed", 1 second) if nobody has ended them
  Loggers(const Loggers&) = delete;
  Loggers& operator=(const Loggers&) = delete;

  void row(const Row& row);  // [training thread] never blocks; the row has been added to the log
  void flush();              // asks; does not wait

  // Hands out the rest and waits at most this long. A logger still busy then is complained of and
  // left behind on its thread, which shares nothing with this object. Returns how many were left.
  std::size_t end(const std::string& how, double patience_seconds);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace r50::record
