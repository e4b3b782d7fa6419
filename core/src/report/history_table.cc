#include <algorithm>

#include "report/format.h"
#include "report/history.h"
#include "report/text_table.h"

namespace r50::report {
namespace {

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

void add_csv_row(std::string& out, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    out += csv_cell(cells[i]);
  }
  out += '\n';
}

std::vector<std::string> people_row(const History& history, const EpochEntry& entry,
                                    const EvaluationEvent* best) {
  const EpochEvent& epoch = entry.epoch;
  std::vector<std::string> cells = {std::to_string(epoch.epoch), fixed(epoch.loss, 4)};
  for (const std::string& set : history.sets) {
    const EvaluationEvent* result = entry.find(set);
    if (!result) {
      cells.insert(cells.end(), 3, "");
      continue;
    }
    const std::string mark = result == best ? "**" : "";
    cells.push_back(fixed(result->loss, 4));
    cells.push_back(mark + fixed(result->top1, 2) + mark);
    cells.push_back(fixed(result->top5, 2));
  }
  cells.push_back(brief(epoch.lr));
  cells.push_back(duration(epoch.wall.seconds));
  cells.push_back(fixed(epoch.wall.images_per_second, 0));
  cells.push_back(share(epoch.wall.data_wait));
  return cells;
}

}  // namespace

std::string history_csv(const History& history) {
  std::vector<std::string> header = {"epoch", "step", "train_loss"};
  for (const std::string& set : history.sets) {
    header.insert(header.end(), {set + "_loss", set + "_top1", set + "_top5"});
  }
  header.insert(header.end(),
                {"lr", "seconds", "images_per_second", "data_wait", "quarantined", "best"});
  std::string out;
  add_csv_row(out, header);
  for (const EpochEntry& entry : history.epochs) {
    const EpochEvent& epoch = entry.epoch;
    std::vector<std::string> cells = {std::to_string(epoch.epoch), std::to_string(epoch.step),
                                      exact(epoch.loss)};
    std::string best;
    for (const std::string& set : history.sets) {
      const EvaluationEvent* result = entry.find(set);
      cells.push_back(result ? exact(result->loss) : "");
      cells.push_back(result ? exact(result->top1) : "");
      cells.push_back(result ? exact(result->top5) : "");
      if (result && result->best) best = set;
    }
    cells.insert(cells.end(),
                 {exact(epoch.lr), exact(epoch.wall.seconds), exact(epoch.wall.images_per_second),
                  exact(epoch.wall.data_wait), std::to_string(epoch.quarantined), best});
    add_csv_row(out, cells);
  }
  return out;
}

std::string history_markdown(const History& history) {
  std::string out = "# " + history.name + (history.id.empty() ? "" : " / " + history.id) + "\n\n";
  if (history.epochs.empty()) return out + "No epoch has been finished yet.\n";

  const EvaluationEvent* best = history.best();
  if (best) {
    out += "Best: " + fixed(best->top1, 2) + " % top-1, " + fixed(best->top5, 2) + " % top-5 (" +
           best->set + " weights, epoch " + std::to_string(best->epoch) + ").  \n";
  }
  out += std::to_string(history.epochs.size()) +
         (history.epochs.size() == 1 ? " epoch in " : " epochs in ") + duration(history.seconds()) +
         ".\n\n";

  std::vector<std::vector<std::string>> rows = {{"Epoch", "Train loss"}};
  for (const std::string& set : history.sets) {
    rows[0].insert(rows[0].end(), {set + " loss", set + " top-1 %", set + " top-5 %"});
  }
  rows[0].insert(rows[0].end(), {"LR", "Time", "img/s", "Data wait"});
  for (const EpochEntry& entry : history.epochs) rows.push_back(people_row(history, entry, best));
  return out + markdown_table(rows);
}

}  // namespace r50::report
