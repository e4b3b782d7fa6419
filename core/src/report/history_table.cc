#include <absl/strings/str_format.h>

#include "r50/table_logger.h"
#include "report/format.h"
#include "report/history.h"
#include "report/table_columns.h"
#include "report/text_table.h"

namespace r50::report {
namespace {

// The columns of each weight set stand together.
std::vector<TableColumn> columns_of(const History& history, const std::vector<std::string>& before,
                                    const std::vector<std::string>& after) {
  std::vector<TableColumn> columns = expand_columns(before, {});
  const auto append = [&](const std::vector<TableColumn>& more) {
    columns.insert(columns.end(), more.begin(), more.end());
  };
  for (const std::string& set : history.sets)
    append(expand_columns({"loss", "top1", "top5"}, {set}));
  append(expand_columns(after, {}));
  return columns;
}

std::vector<std::string> texts(const std::vector<TableColumn>& columns,
                               std::string TableColumn::*text) {
  std::vector<std::string> texts;
  for (const TableColumn& column : columns) texts.push_back(column.*text);
  return texts;
}

std::vector<std::string> texts(const std::vector<TableCell>& cells, std::string TableCell::*text) {
  std::vector<std::string> texts;
  for (const TableCell& cell : cells) texts.push_back(cell.*text);
  return texts;
}

}  // namespace

std::string history_csv(const History& history) {
  const auto columns =
      columns_of(history, {"epoch", "step", "train_loss"},
                 {"lr", "seconds", "images_per_second", "data_wait", "quarantined", "best"});
  std::string out = csv_line(texts(columns, &TableColumn::name));
  for (const EpochEntry& entry : history.epochs) {
    out += csv_line(texts(epoch_cells(columns, entry.epoch, entry.sets), &TableCell::exact));
  }
  return out;
}

std::string history_markdown(const History& history) {
  std::string out = "# " + history.name + (history.id.empty() ? "" : " / " + history.id) + "\n\n";
  if (history.epochs.empty()) return out + "No epoch has been finished yet.\n";

  const EvaluationEvent* best = history.best();
  if (best) {
    absl::StrAppendFormat(&out, "Best: %s %% top-1, %s %% top-5 (%s weights, epoch %d).  \n",
                          fixed(best->top1, 2), fixed(best->top5, 2), best->set, best->epoch);
  }
  absl::StrAppendFormat(&out, "%d %s in %s.\n\n", history.epochs.size(),
                        history.epochs.size() == 1 ? "epoch" : "epochs",
                        duration(history.seconds()));

  const auto columns = columns_of(history, {"epoch", "train_loss"},
                                  {"lr", "seconds", "images_per_second", "data_wait"});
  std::vector<std::vector<std::string>> rows = {texts(columns, &TableColumn::title)};
  for (const EpochEntry& entry : history.epochs) {
    rows.push_back(texts(epoch_cells(columns, entry.epoch, entry.sets), &TableCell::readable));
    if (!best || entry.find(best->set) != best) continue;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].word == "top1" && columns[i].set == best->set) {
        rows.back()[i] = "**" + rows.back()[i] + "**";
      }
    }
  }
  return out + markdown_table(rows);
}

}  // namespace r50::report
