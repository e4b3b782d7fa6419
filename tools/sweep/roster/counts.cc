#include "sweep/roster/counts.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "report/format.h"

namespace r50::sweep {

Counts count(const std::vector<Trial>& trials) {
  const auto number = [&](TrialState state) {
    return static_cast<int>(std::ranges::count_if(
        trials, [&](const Trial& one) { return one.state == state && !one.is_merged_run(); }));
  };
  return {.waiting = number(TrialState::waiting),
          .running = number(TrialState::running),
          .paused = number(TrialState::paused),
          .finished = number(TrialState::finished),
          .stopped = number(TrialState::stopped),
          .failed = number(TrialState::failed)};
}

std::vector<Trial> only_trials(std::vector<Trial> all) {
  std::map<std::string, std::vector<Trial*>> of_run;
  for (Trial& trial : all) {
    if (trial.follows()) of_run[trial.leader].push_back(&trial);
  }
  for (const Trial& run : all) {
    if (!run.is_merged_run()) continue;
    for (Trial* const trial : of_run[run.id]) {
      trial->seconds += run.seconds / static_cast<double>(of_run[run.id].size());
    }
  }
  all.erase(std::remove_if(all.begin(), all.end(),
                           [](const Trial& trial) { return trial.is_merged_run(); }),
            all.end());
  return all;
}

const Trial* best_trial(const std::vector<Trial>& trials, bool maximize) {
  const Trial* best = nullptr;
  for (const Trial& trial : trials) {
    if (trial.is_merged_run()) continue;
    if (trial.state != TrialState::finished || !trial.value || std::isnan(*trial.value)) continue;
    if (!best || (maximize ? *trial.value > *best->value : *trial.value < *best->value)) {
      best = &trial;
    }
  }
  return best;
}

std::string counts_sentence(const std::vector<Trial>& trials) {
  const Counts counts = count(trials);
  std::string text = absl::StrFormat("%d of %d %s finished", counts.finished, counts.all(),
                                     counts.all() == 1 ? "trial" : "trials");
  const auto add = [&](int number, const char* word) {
    if (number > 0) absl::StrAppend(&text, ", ", number, " ", word);
  };
  add(counts.running, "running");
  add(counts.waiting, "waiting");
  add(counts.paused, "paused");
  add(counts.stopped, "stopped early");
  add(counts.failed, "failed");
  return text;
}

// A trial's own text goes into the whole as it is: a tree of all trials would be ten times as
// large, and the controller of 10,000 mostly this.
std::string status_json(const std::vector<Trial>& trials, const SweepFile& sweep,
                        const std::string& what) {
  using Json = nlohmann::ordered_json;
  const Counts counts = count(trials);
  const Json head = {
      {"sweep", sweep.name},         {"controller", what},
      {"metric", sweep.metric.name}, {"goal", sweep.maximize() ? "maximize" : "minimize"},
      {"finished", counts.finished}, {"running", counts.running},
      {"waiting", counts.waiting},   {"paused", counts.paused},
      {"stopped", counts.stopped},   {"failed", counts.failed}};
  std::string text = head.dump(1, ' ', false, Json::error_handler_t::replace);
  text.erase(text.size() - 2);  // "\n}"
  text += ",\n \"trials\": [";
  for (const Trial& trial : trials) {
    if (&trial != &trials.front()) text += ",";
    const std::string one = "\n" + trial_json(trial);
    if (&trial == &trials.front()) text.reserve(text.size() + trials.size() * (one.size() + 40));
    text.append(one, 0, one.size() - 1);
  }
  return text + "]\n}\n";
}

}  // namespace r50::sweep
