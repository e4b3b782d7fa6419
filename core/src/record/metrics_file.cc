#include "record/metrics_file.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

#include "r50/error.h"

namespace r50::record {
namespace {

// Where the rows of `mark` end in the log's content.
std::size_t end_of(const std::string& content, const std::string& path, LogMark mark) {
  const std::size_t end = report::after_lines(content, mark.rows);
  if (end == std::string::npos) {
    const auto lines = std::count(content.begin(), content.end(), '\n');
    throw Error(absl::StrFormat(
        "'%s' has %d rows, but the checkpoint was saved after %d: rows are missing. Put the file "
        "back if you have a copy, continue from an older checkpoint (--from), or start again "
        "(--fresh).",
        path, lines, mark.rows));
  }
  if (mark.rows > 0) {
    const std::size_t start = report::after_lines(content, mark.rows - 1);
    std::int64_t number = -1;
    try {
      number = parse_row(std::string_view(content).substr(start, end - 1 - start)).number;
    } catch (const Error&) {  // reported below
    }
    if (number != mark.rows - 1) {
      throw Error(absl::StrFormat(
          "Line %d of '%s' should be row %d and is not: the file is damaged or was edited. Put it "
          "back if you have a copy, continue from an older checkpoint (--from), or start again "
          "(--fresh).",
          mark.rows, path, mark.rows - 1));
    }
  }
  return end;
}

}  // namespace

MetricsFile::MetricsFile(base::Files& files, std::string path, LogMark mark)
    : files_(files), path_(std::move(path)), mark_(mark) {
  const bool found = files_.exists(path_);
  const std::string content = found ? files_.read(path_) : std::string();
  bytes_ = end_of(content, path_, mark_);
  if (content.size() > bytes_) files_.truncate(path_, bytes_);
  file_ = files_.append(path_);
  // Otherwise a loss of power could keep a checkpoint and lose the log it counts on.
  if (!found) files_.sync_folder(base::folder_of(path_));
}

MetricsFile::~MetricsFile() = default;

Row MetricsFile::add(const Event& event) {
  Row row{mark_.rows++, event};
  waiting_ += row_text(row);
  waiting_ += '\n';
  try {
    write_waiting();
  } catch (const base::FileError& error) {
    trouble_ = error.what();
  }
  return row;
}

void MetricsFile::write_waiting() {
  if (torn_) files_.truncate(path_, bytes_);
  torn_ = true;
  file_->write(waiting_);
  torn_ = false;
  bytes_ += waiting_.size();
  waiting_.clear();
  trouble_.clear();
}

std::shared_ptr<base::OutputFile> MetricsFile::written() {
  if (!waiting_.empty()) write_waiting();
  return file_;
}

std::vector<Row> read_log(base::Files& files, const std::string& path, std::int64_t from) {
  return report::read_rows(files, path, from);
}

std::string set_aside(base::Files& files, const std::string& path, LogMark mark) {
  if (!files.exists(path)) return "";
  const std::string content = files.read(path);
  const std::size_t start = end_of(content, path, mark);
  const std::size_t end = content.rfind('\n') + 1;  // npos + 1 is 0: no whole line at all
  if (end <= start) return "";
  for (int number = 1;; ++number) {
    const std::filesystem::path log(path);
    const std::string name =
        absl::StrFormat("%s.set_aside_%d%s", log.stem().string(), number, log.extension().string());
    std::string copy = (log.parent_path() / name).string();
    if (files.exists(copy)) continue;
    base::write_atomically(files, copy, std::string_view(content).substr(start, end - start));
    return copy;
  }
}

}  // namespace r50::record
