#include "sweep/control/progress.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "report/format.h"

namespace r50::sweep {

Counts count(const std::vector<Trial>& trials) {
  Counts counts;
  for (const Trial& trial : trials) {
    switch (trial.state) {
      case TrialState::waiting:
        ++counts.waiting;
        break;
      case TrialState::running:
        ++counts.running;
        break;
      case TrialState::paused:
        ++counts.paused;
        break;
      case TrialState::finished:
        ++counts.finished;
        break;
      case TrialState::stopped:
        ++counts.stopped;
        break;
      case TrialState::failed:
        ++counts.failed;
        break;
    }
  }
  return counts;
}

const Trial* best_trial(const std::vector<Trial>& trials, bool maximize) {
  const Trial* best = nullptr;
  for (const Trial& trial : trials) {
    if (trial.state != TrialState::finished || !trial.value || std::isnan(*trial.value)) continue;
    if (!best || (maximize ? *trial.value > *best->value : *trial.value < *best->value)) {
      best = &trial;
    }
  }
  return best;
}

std::string progress_sentence(const std::vector<Trial>& trials, const SweepFile& sweep) {
  const Counts counts = count(trials);
  std::string text = std::to_string(counts.finished) + " of " + std::to_string(counts.all()) +
                     (counts.all() == 1 ? " trial" : " trials") + " finished";
  const auto add = [&](int number, const char* word) {
    if (number > 0) text += ", " + std::to_string(number) + " " + word;
  };
  add(counts.running, "running");
  add(counts.waiting, "waiting");
  add(counts.paused, "paused");
  add(counts.stopped, "stopped early");
  add(counts.failed, "failed");
  if (const Trial* const best = best_trial(trials, sweep.maximize())) {
    text += "; best " + sweep.metric.name + " " + report::brief(*best->value);
    std::string words;
    for (const std::string& word : best->words) words += (words.empty() ? "" : " ") + word;
    text += " (" + words + ")";
  }
  return text;
}

std::string status_json(const std::vector<Trial>& trials, const SweepFile& sweep,
                        const std::string& what) {
  using Json = nlohmann::ordered_json;
  const Counts counts = count(trials);
  Json list = Json::array();
  for (const Trial& trial : trials) list.push_back(Json::parse(trial_json(trial)));
  const Json json = {{"sweep", sweep.name},
                     {"controller", what},
                     {"metric", sweep.metric.name},
                     {"goal", sweep.maximize() ? "maximize" : "minimize"},
                     {"finished", counts.finished},
                     {"running", counts.running},
                     {"waiting", counts.waiting},
                     {"paused", counts.paused},
                     {"stopped", counts.stopped},
                     {"failed", counts.failed},
                     {"trials", list}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace r50::sweep
