#include "report/table_columns.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "r50/error.h"
#include "report/format.h"

namespace r50::report {
namespace {

template <class Event>
struct KnownColumn {
  std::string_view word;
  std::string_view title;
  TableCell (*cell)(const Event&);
};

TableCell whole(std::int64_t value) { return {absl::StrCat(value), absl::StrCat(value)}; }
TableCell rounded(double value, int digits) { return {exact(value), fixed(value, digits)}; }
TableCell rate(double value) { return {exact(value), brief(value)}; }
TableCell time(double seconds) { return {exact(seconds), duration(seconds)}; }
TableCell share_of(double part) { return {exact(part), share(part)}; }

constexpr std::array step_columns = {
    KnownColumn<StepEvent>{"step", "Step", [](const StepEvent& e) { return whole(e.step); }},
    KnownColumn<StepEvent>{"epoch", "Epoch", [](const StepEvent& e) { return whole(e.epoch); }},
    KnownColumn<StepEvent>{"train_loss", "Train loss",
                           [](const StepEvent& e) { return rounded(e.loss, 4); }},
    KnownColumn<StepEvent>{"lr", "LR", [](const StepEvent& e) { return rate(e.lr); }},
    KnownColumn<StepEvent>{"momentum", "Momentum",
                           [](const StepEvent& e) { return rate(e.momentum); }},
    KnownColumn<StepEvent>{"grad_norm", "Gradient norm",
                           [](const StepEvent& e) { return rate(e.grad_norm); }},
    KnownColumn<StepEvent>{"size", "Size", [](const StepEvent& e) { return whole(e.size); }},
    KnownColumn<StepEvent>{"seconds", "Time",
                           [](const StepEvent& e) { return time(e.wall.seconds); }},
    KnownColumn<StepEvent>{"images_per_second", "img/s",
                           [](const StepEvent& e) { return rounded(e.wall.images_per_second, 0); }},
    KnownColumn<StepEvent>{"data_wait", "Data wait",
                           [](const StepEvent& e) { return share_of(e.wall.data_wait); }}};

constexpr std::array epoch_columns = {
    KnownColumn<EpochEvent>{"epoch", "Epoch", [](const EpochEvent& e) { return whole(e.epoch); }},
    KnownColumn<EpochEvent>{"step", "Step", [](const EpochEvent& e) { return whole(e.step); }},
    KnownColumn<EpochEvent>{"train_loss", "Train loss",
                            [](const EpochEvent& e) { return rounded(e.loss, 4); }},
    KnownColumn<EpochEvent>{"loss", "loss",
                            nullptr},  // of each set, as are those without a function
    KnownColumn<EpochEvent>{"top1", "top-1 %", nullptr},
    KnownColumn<EpochEvent>{"top5", "top-5 %", nullptr},
    KnownColumn<EpochEvent>{"best", "Best", nullptr},
    KnownColumn<EpochEvent>{"lr", "LR", [](const EpochEvent& e) { return rate(e.lr); }},
    KnownColumn<EpochEvent>{"seconds", "Time",
                            [](const EpochEvent& e) { return time(e.wall.seconds); }},
    KnownColumn<EpochEvent>{
        "images_per_second", "img/s",
        [](const EpochEvent& e) { return rounded(e.wall.images_per_second, 0); }},
    KnownColumn<EpochEvent>{"data_wait", "Data wait",
                            [](const EpochEvent& e) { return share_of(e.wall.data_wait); }},
    KnownColumn<EpochEvent>{"quarantined", "Quarantined",
                            [](const EpochEvent& e) { return whole(e.quarantined); }}};

bool per_set(std::string_view word) { return word == "loss" || word == "top1" || word == "top5"; }

TableCell set_cell(std::string_view word, const EvaluationEvent& result) {
  if (word == "loss") return rounded(result.loss, 4);
  return rounded(word == "top1" ? result.top1 : result.top5, 2);
}

template <class Columns>
const auto& find(const Columns& columns, std::string_view word) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const auto& column) { return column.word == word; });
  // The schema has refused unknown words before anything was built.
  if (found == columns.end()) throw Error(absl::StrFormat("There is no column '%s'.", word));
  return *found;
}

std::string_view title(std::string_view word) {
  for (const auto& column : epoch_columns) {
    if (column.word == word) return column.title;
  }
  return find(step_columns, word).title;
}

}  // namespace

std::vector<std::string> column_words(TableLoggerConfig::Rows rows) {
  std::vector<std::string> words;
  if (rows == TableLoggerConfig::Rows::steps) {
    for (const auto& column : step_columns) words.emplace_back(column.word);
  } else {
    for (const auto& column : epoch_columns) words.emplace_back(column.word);
  }
  return words;
}

std::vector<TableColumn> expand_columns(const std::vector<std::string>& words,
                                        const std::vector<std::string>& sets) {
  std::vector<TableColumn> columns;
  for (const std::string& word : words) {
    const std::string text(title(word));
    if (!per_set(word)) {
      columns.push_back({.name = word, .title = text, .word = word, .set = ""});
      continue;
    }
    for (const std::string& set : sets) {
      columns.push_back(
          {.name = set + "_" + word, .title = set + " " + text, .word = word, .set = set});
    }
  }
  return columns;
}

std::vector<TableCell> step_cells(const std::vector<TableColumn>& columns, const StepEvent& step) {
  std::vector<TableCell> cells;
  for (const TableColumn& column : columns) {
    cells.push_back(find(step_columns, column.word).cell(step));
  }
  return cells;
}

std::vector<TableCell> epoch_cells(const std::vector<TableColumn>& columns, const EpochEvent& epoch,
                                   const std::vector<EvaluationEvent>& results) {
  std::vector<TableCell> cells;
  for (const TableColumn& column : columns) {
    if (per_set(column.word)) {
      const auto result =
          std::find_if(results.begin(), results.end(),
                       [&](const EvaluationEvent& one) { return one.set == column.set; });
      cells.push_back(result == results.end() ? TableCell{} : set_cell(column.word, *result));
    } else if (column.word == "best") {
      std::string best;
      for (const EvaluationEvent& result : results) {
        if (result.best) best = result.set;
      }
      cells.push_back({best, best});
    } else {
      cells.push_back(find(epoch_columns, column.word).cell(epoch));
    }
  }
  return cells;
}

}  // namespace r50::report
