#include "sweep/control/follow.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/best_value.h"
#include "r50/error.h"
#include "report/history.h"
#include "report/rows.h"

namespace r50::sweep {
namespace {

double value_of(const EvaluationEvent& event, const std::string& metric) {
  if (metric == "loss") return event.loss;
  return metric == "top5" ? event.top5 : event.top1;
}

}  // namespace

std::vector<Row> own_rows(const std::vector<Row>& rows, const std::vector<SetName>& sets,
                          const std::string& metric) {
  std::vector<Row> own;
  base::BestValue best(metric == "loss");  // as the trainer chooses it
  std::vector<EvaluationEvent> evaluated;  // of the epoch whose row has not come yet
  const auto add = [&](Event event) {
    own.push_back({static_cast<std::int64_t>(own.size()), std::move(event)});
  };
  const auto add_evaluations = [&] {
    const auto add_set = [&](const std::string& in_run, const std::string& name) {
      for (EvaluationEvent event : evaluated) {
        if (event.set != in_run) continue;
        event.set = name;
        event.best = best.offer(value_of(event, metric));
        add(event);
      }
    };
    add_set("plain", "plain");
    for (const SetName& set : sets) add_set(set.in_run, set.own);
    evaluated.clear();
  };
  for (const Row& row : rows) {
    if (const auto* event = std::get_if<EvaluationEvent>(&row.event)) {
      evaluated.push_back(*event);
      continue;
    }
    add_evaluations();
    add(row.event);
  }
  add_evaluations();
  return own;
}

void follow_run(base::Files& files, const Following& f) {
  const auto write = [&](const std::string& name, const std::string& content) {
    base::write_atomically(files, f.to + "/" + name, content);
  };
  files.make_folders(f.to);
  write("resolved.toml", f.resolved);
  auto json = nlohmann::ordered_json::parse(files.read(f.from + "/run.json"), nullptr, false);
  if (!json.is_object()) throw Error("'" + f.from + "/run.json' cannot be read.");
  json["id"] = f.id;
  write("run.json", json.dump(2) + "\n");
  std::string text;
  for (const Row& row :
       own_rows(report::read_rows(files, f.from + "/metrics.jsonl"), f.sets, f.metric)) {
    text += report::row_text(row) + "\n";
  }
  write("metrics.jsonl", text);
  write("log.txt", "trained within the run " + f.from +
                       ", which has the averages of several trials; its log and its checkpoints "
                       "lie there\n");
  const report::History history = report::read_history(files, f.to);
  write("history.csv", report::history_csv(history));
  write("history.md", report::history_markdown(history));
  write("curves.png", report::curves_png(history));
  if (files.exists(f.from + "/result.json")) write("result.json", report::result_json(history));
}

}  // namespace r50::sweep
