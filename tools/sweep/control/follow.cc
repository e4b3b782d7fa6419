#include "sweep/control/controller.h"

#include <absl/strings/str_format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/best_value.h"
#include "config/toml_source.h"
#include "r50/error.h"
#include "report/history.h"
#include "report/rows.h"
#include "sweep/trial/trial_folder.h"

namespace r50::sweep {
namespace {

// [checkpoint] metric of an experiment.
std::string metric_of_best(const std::string& resolved) {
  Problems problems;
  const auto file = config::parse_toml(resolved, "resolved.toml", problems);
  const Value* const metric = file ? key_in(*file, "checkpoint", "metric") : nullptr;
  return metric && metric->text() ? *metric->text() : "top1";
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
        event.best = best.offer(field_of(event, metric));
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

bool Settler::serve_followers() {
  std::vector<Trial>& trials = board_.trials();
  std::map<std::string, const Trial*> runs;
  bool any = false;
  for (const Trial& trial : trials) {
    if (trial.is_merged_run()) runs[trial.id] = &trial;
  }
  for (Trial& trial : trials) {
    if (!trial.follows() || trial.over()) continue;
    const auto run = runs.find(trial.leader);
    if (run != runs.end() && !run->second->over()) continue;
    any = true;
    if (run != runs.end() && run->second->state == TrialState::finished) {
      follow(trial, *run->second);
      continue;
    }
    // That may be the merged run's own trouble, as memory for that many averages.
    trial.leader.clear();
    trial.in_run.clear();
    board_.parts.ledger.put(trial);
    board_.parts.tell(absl::StrFormat(
        "trial %s is trained by itself, since the run with the averages of several trials has "
        "failed",
        trial.id));
  }
  return any;
}

void Settler::follow(Trial& trial, const Trial& run) {
  const ControllerParts& parts = board_.parts;
  std::vector<std::string> words = trial.words;
  words.insert(words.end(), parts.words.begin(), parts.words.end());
  const std::string folder = board_.folder_of(trial), resolved = parts.explain(words);
  follow_run(parts.files, {trial.id, board_.folder_of(run), folder, trial.in_run,
                           metric_of_best(resolved), resolved});
  trial.builds = run.builds;
  trial.went_on = run.went_on;
  if (parts.files.exists(folder + "/result.json")) return settle(trial);
  // The run diverged, and with it each trial that is trained in it.
  trial.value = run.value;
  board_.change(trial, TrialState::finished, run.message);
}

}  // namespace r50::sweep
