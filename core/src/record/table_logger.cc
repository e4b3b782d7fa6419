#include "r50/table_logger.h"

#include <absl/strings/str_join.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/files.h"
#include "r50/suggest.h"
#include "report/table_columns.h"

namespace r50 {
namespace {

using Rows = TableLoggerConfig::Rows;

void check_columns(const TableLoggerConfig& config, Checks& checks) {
  const Rows other = config.rows == Rows::epochs ? Rows::steps : Rows::epochs;
  const auto known = report::column_words(config.rows);
  const auto elsewhere = report::column_words(other);
  const auto has = [](const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  std::vector<std::string> seen;
  for (const std::string& word : config.columns) {
    if (has(seen, word)) {
      checks.wrong("columns", "column '" + word + "' is written twice", "write it once");
    } else if (!has(known, word) && has(elsewhere, word)) {
      checks.wrong("columns",
                   "a row of " + std::string(config.rows == Rows::epochs ? "epochs" : "steps") +
                       " has no column '" + word + "'",
                   "it exists with rows = \"" +
                       std::string(other == Rows::epochs ? "epochs" : "steps") +
                       "\"; known columns here: " + absl::StrJoin(known, ", "));
    } else if (!has(known, word)) {
      checks.wrong("columns", "unknown column '" + word + "'", near_guess(word, known, "columns"));
    }
    seen.push_back(word);
  }
}

}  // namespace

Schema<TableLoggerConfig> table_logger_schema(std::string doc, const std::string& ending) {
  return Schema<TableLoggerConfig>(std::move(doc))
      .choice("rows", &TableLoggerConfig::rows,
              "a line for each epoch, or for each [run] log_every steps",
              {{"epochs", Rows::epochs}, {"steps", Rows::steps}})
      .field("columns", &TableLoggerConfig::columns,
             "which columns, in this order; empty: all. For epochs: " +
                 absl::StrJoin(report::column_words(Rows::epochs), ", ") +
                 " (loss, top1 and top5 of each weight set). For steps: " +
                 absl::StrJoin(report::column_words(Rows::steps), ", "))
      .field("path", &TableLoggerConfig::path,
             "the file, relative to the run folder; empty: the logger's name with " + ending)
      .check(
          [](const TableLoggerConfig& config, Checks& checks) { check_columns(config, checks); });
}

struct TableLogger::Impl {
  Rows rows;
  std::vector<TableColumn> columns;
  std::string path;
  std::unique_ptr<base::OutputFile> file;
  std::vector<EvaluationEvent> results;  // of the epoch whose row has not come yet
};

TableLogger::TableLogger(const TableLoggerConfig& config, const LoggerFacts& facts,
                         const std::string& ending)
    : impl_(std::make_unique<Impl>()) {
  impl_->rows = config.rows;
  impl_->columns = report::expand_columns(
      config.columns.empty() ? report::column_words(config.rows) : config.columns, facts.sets);
  const std::string name = facts.logger_name.empty() ? "table" : facts.logger_name;
  const std::string path = config.path.empty() ? name + ending : config.path;
  impl_->path = (std::filesystem::path(facts.run_folder) / path).string();
}

TableLogger::~TableLogger() = default;

std::int64_t TableLogger::wanted(std::int64_t) { return 0; }

void TableLogger::resumed(std::int64_t) {
  base::Files& files = base::real_files();
  files.make_folders(base::folder_of(impl_->path));
  impl_->file = files.create(impl_->path);
  impl_->results.clear();
  impl_->file->write(header(impl_->columns));
}

void TableLogger::row(const Row& row) {
  if (const auto* step = std::get_if<StepEvent>(&row.event)) {
    if (impl_->rows != Rows::steps) return;
    impl_->file->write(line(report::step_cells(impl_->columns, *step)));
  } else if (impl_->rows == Rows::steps) {
    return;
  } else if (const auto* result = std::get_if<EvaluationEvent>(&row.event)) {
    impl_->results.push_back(*result);
  } else if (const auto* epoch = std::get_if<EpochEvent>(&row.event)) {
    const auto results = std::exchange(impl_->results, {});
    impl_->file->write(line(report::epoch_cells(impl_->columns, *epoch, results)));
  }
}

void TableLogger::flush() { impl_->file->sync(); }

}  // namespace r50
