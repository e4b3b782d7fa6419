#pragma once

// The base of loggers that write a table into one file of the run folder, a line an epoch or a line
// a step row. A format says how a header and a line look; columns, keys and continuing stand here.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "r50/logger.h"
#include "r50/schema.h"

namespace r50 {

struct TableLoggerConfig {
  enum class Rows { epochs, steps };
  Rows rows = Rows::epochs;
  std::vector<std::string> columns;  // empty: all
  std::string path;                  // empty: named after the logger
};

// The keys `rows`, `columns` and `path`. `ending` is ".csv".
Schema<TableLoggerConfig> table_logger_schema(std::string doc, const std::string& ending);

struct TableColumn {
  std::string name;   // "ema_top1"
  std::string title;  // "ema top-1 %"
  std::string word;   // "top1", as in the key `columns`
  std::string set;    // "ema"; empty where the column is of no weight set
};

struct TableCell {
  std::string exact;     // gives the same double back; empty: no value
  std::string readable;  // rounded
};

// The two formats of r50's own tables. Both end with the line's end, and both escape what has a
// meaning of its own in them. A Markdown cell is filled with blanks on its left up to its width, so
// that the source is readable as well.
std::string csv_line(const std::vector<std::string>& cells);
std::string markdown_header(const std::vector<std::string>& titles,
                            const std::vector<std::size_t>& widths);
std::string markdown_line(const std::vector<std::string>& cells,
                          const std::vector<std::size_t>& widths);

class TableLogger : public Logger {
 public:
  TableLogger(const TableLoggerConfig& config, const LoggerFacts& facts, const std::string& ending);
  ~TableLogger() override;

  // The file is rewritten at each start, so a kill can neither lose a line nor double one.
  std::int64_t wanted(std::int64_t next) override;
  void resumed(std::int64_t next) override;
  void row(const Row& row) override;
  void flush() override;

 protected:
  virtual std::string header(const std::vector<TableColumn>& columns) const = 0;
  virtual std::string line(const std::vector<TableCell>& cells) const = 0;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace r50
