#include "report/history.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "report/rows.h"

namespace r50::report {

const EvaluationEvent* EpochEntry::find(const std::string& set) const {
  const auto found =
      std::find_if(sets.begin(), sets.end(), [&](const auto& result) { return result.set == set; });
  return found == sets.end() ? nullptr : &*found;
}

const EvaluationEvent* History::best() const {
  for (auto entry = epochs.rbegin(); entry != epochs.rend(); ++entry) {
    for (auto result = entry->sets.rbegin(); result != entry->sets.rend(); ++result) {
      if (result->best) return &*result;
    }
  }
  return nullptr;
}

double History::steps_per_epoch() const {
  if (epochs.empty() || epochs.back().epoch.epoch <= 0) return 0;
  const EpochEvent& last = epochs.back().epoch;
  return static_cast<double>(last.step) / static_cast<double>(last.epoch);
}

double History::seconds() const {
  double sum = 0;
  for (const EpochEntry& entry : epochs) sum += entry.epoch.wall.seconds;
  return sum;
}

History read_history(base::Files& files, const std::string& run_folder) {
  History history;
  const auto folder = std::filesystem::path(run_folder + "/").lexically_normal().parent_path();
  history.id = folder.filename().string();
  history.name = folder.parent_path().filename().string();

  std::vector<EvaluationEvent> results;  // of the epoch whose row has not come yet
  for (Row& row : read_rows(files, run_folder + "/metrics.jsonl")) {
    if (auto* step = std::get_if<StepEvent>(&row.event)) {
      history.steps.push_back(*step);
    } else if (auto* result = std::get_if<EvaluationEvent>(&row.event)) {
      if (std::find(history.sets.begin(), history.sets.end(), result->set) == history.sets.end()) {
        history.sets.push_back(result->set);
      }
      results.push_back(std::move(*result));
    } else if (auto* epoch = std::get_if<EpochEvent>(&row.event)) {
      history.epochs.push_back({*epoch, std::exchange(results, {})});
    }
  }
  return history;
}

}  // namespace r50::report
