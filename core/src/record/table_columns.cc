#include "record/table_columns.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "r50/error.h"
#include "report/format.h"

namespace r50::record {
namespace {

using report::brief;
using report::exact;
using report::fixed;

template <class Event>
struct Column {
  std::string_view word;
  std::string_view title;
  TableCell (*cell)(const Event&);
};

TableCell whole(std::int64_t value) { return {std::to_string(value), std::to_string(value)}; }
TableCell rounded(double value, int digits) { return {exact(value), fixed(value, digits)}; }
TableCell rate(double value) { return {exact(value), brief(value)}; }
TableCell time(double seconds) { return {exact(seconds), report::duration(seconds)}; }
TableCell share(double part) { return {exact(part), report::share(part)}; }

constexpr std::array step_columns = {
    Column<StepEvent>{"step", "Step", [](const StepEvent& e) { return whole(e.step); }},
    Column<StepEvent>{"epoch", "Epoch", [](const StepEvent& e) { return whole(e.epoch); }},
    Column<StepEvent>{"train_loss", "Train loss",
                      [](const StepEvent& e) { return rounded(e.loss, 4); }},
    Column<StepEvent>{"lr", "LR", [](const StepEvent& e) { return rate(e.lr); }},
    Column<StepEvent>{"momentum", "Momentum", [](const StepEvent& e) { return rate(e.momentum); }},
    Column<StepEvent>{"grad_norm", "Gradient norm",
                      [](const StepEvent& e) { return rate(e.grad_norm); }},
    Column<StepEvent>{"size", "Size", [](const StepEvent& e) { return whole(e.size); }},
    Column<StepEvent>{"seconds", "Time", [](const StepEvent& e) { return time(e.wall.seconds); }},
    Column<StepEvent>{"images_per_second", "img/s",
                      [](const StepEvent& e) { return rounded(e.wall.images_per_second, 0); }},
    Column<StepEvent>{"data_wait", "Data wait",
                      [](const StepEvent& e) { return share(e.wall.data_wait); }}};

constexpr std::array epoch_columns = {
    Column<EpochEvent>{"epoch", "Epoch", [](const EpochEvent& e) { return whole(e.epoch); }},
    Column<EpochEvent>{"step", "Step", [](const EpochEvent& e) { return whole(e.step); }},
    Column<EpochEvent>{"train_loss", "Train loss",
                       [](const EpochEvent& e) { return rounded(e.loss, 4); }},
    Column<EpochEvent>{"loss", "loss", nullptr},  // of each set, as are those without a function
    Column<EpochEvent>{"top1", "top-1 %", nullptr},
    Column<EpochEvent>{"top5", "top-5 %", nullptr},
    Column<EpochEvent>{"best", "Best", nullptr},
    Column<EpochEvent>{"lr", "LR", [](const EpochEvent& e) { return rate(e.lr); }},
    Column<EpochEvent>{"seconds", "Time", [](const EpochEvent& e) { return time(e.wall.seconds); }},
    Column<EpochEvent>{"images_per_second", "img/s",
                       [](const EpochEvent& e) { return rounded(e.wall.images_per_second, 0); }},
    Column<EpochEvent>{"data_wait", "Data wait",
                       [](const EpochEvent& e) { return share(e.wall.data_wait); }},
    Column<EpochEvent>{"quarantined", "Quarantined",
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
  if (found == columns.end()) throw Error("There is no column '" + std::string(word) + "'.");
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
      columns.push_back({word, text});
      continue;
    }
    for (const std::string& set : sets) columns.push_back({set + "_" + word, set + " " + text});
  }
  return columns;
}

std::vector<TableCell> step_cells(const std::vector<std::string>& words, const StepEvent& step) {
  std::vector<TableCell> cells;
  for (const std::string& word : words) cells.push_back(find(step_columns, word).cell(step));
  return cells;
}

std::vector<TableCell> epoch_cells(const std::vector<std::string>& words,
                                   const std::vector<std::string>& sets, const EpochEvent& epoch,
                                   const std::vector<EvaluationEvent>& results) {
  const auto result_of = [&](const std::string& set) {
    return std::find_if(results.begin(), results.end(),
                        [&](const EvaluationEvent& result) { return result.set == set; });
  };
  std::vector<TableCell> cells;
  for (const std::string& word : words) {
    if (per_set(word)) {
      for (const std::string& set : sets) {
        const auto result = result_of(set);
        cells.push_back(result == results.end() ? TableCell{} : set_cell(word, *result));
      }
    } else if (word == "best") {
      std::string best;
      for (const EvaluationEvent& result : results) {
        if (result.best) best = result.set;
      }
      cells.push_back({best, best});
    } else {
      cells.push_back(find(epoch_columns, word).cell(epoch));
    }
  }
  return cells;
}

}  // namespace r50::record
