#pragma once

// metrics.jsonl: the one record of a run.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "r50/events.h"

namespace r50::run {

std::string row_text(const Row& row);            // one JSON line, without the line end
Row parse_row(const std::string& line);          // throws Error

struct LogMark {  // stands in a checkpoint: how much of the log belongs to it
  std::int64_t rows = 0;
  std::uint64_t bytes = 0;
};

class Log {
 public:
  // Opens or makes it and cuts it to `mark`; a torn last line is cut as well.
  Log(base::Files& files, std::string path, LogMark mark);
  ~Log();
  Row add(const Event& event);  // numbered and written
  void sync();
  LogMark mark() const;

 private:
  base::Files& files_;
  std::string path_;
  LogMark mark_;
  std::unique_ptr<base::OutputFile> file_;
};

std::vector<Row> read_log(base::Files& files, const std::string& path);

}  // namespace r50::run
