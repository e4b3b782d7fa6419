#pragma once

// metrics.jsonl: the one record of a run.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "r50/events.h"
#include "report/rows.h"

namespace r50::record {

using report::parse_row;
using report::row_text;  // one JSON line, without the line end

// Stands in a checkpoint: how much of the log belongs to it. Rows and not bytes, since the bytes
// hold wall times, and a checkpoint must be the same in every run of the experiment.
struct LogMark {
  std::int64_t rows = 0;
};

// [training thread]
class MetricsFile {
 public:
  // Opens or makes it and cuts it to `mark`; a torn last line is cut as well. Throws an Error if
  // the file has fewer rows than the mark.
  MetricsFile(base::Files& files, std::string path, LogMark mark);
  ~MetricsFile();

  // Numbered and written. A row that cannot be written (the disk is full) is kept in memory, and
  // tried again with the next: `trouble` then says why.
  Row add(const Event& event);
  // Every row is in the file afterwards, or it throws. A checkpoint that counts these rows syncs
  // the file before it is published: on its own thread, since a sync lasts as long as the disk is
  // busy with that very checkpoint.
  std::shared_ptr<base::OutputFile> written();
  LogMark mark() const { return mark_; }
  const std::string& trouble() const { return trouble_; }  // empty: every row is written

 private:
  void write_waiting();

  base::Files& files_;
  std::string path_;
  LogMark mark_;
  std::shared_ptr<base::OutputFile> file_;
  std::uint64_t bytes_ = 0;  // of whole lines in the file
  std::string waiting_;      // rows not in the file yet
  bool torn_ = false;        // the file may hold part of `waiting_`
  std::string trouble_;
};

std::vector<Row> read_log(base::Files& files, const std::string& path, std::int64_t from = 0);

// Copies the rows behind `mark` to metrics.set_aside_1.jsonl (_2, ...) beside the log, so that
// continuing from an older checkpoint loses nothing. Returns that path; empty if there are none.
std::string set_aside(base::Files& files, const std::string& path, LogMark mark);

}  // namespace r50::record
