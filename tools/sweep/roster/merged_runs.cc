#include "sweep/roster/roster.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/hash.h"
#include "config/toml_source.h"

namespace r50::sweep {
namespace {

const Array& averages_of(const Value& experiment) {
  static const Array none;
  const Table* const table = experiment.table();
  const Value* const found = table ? table->find("averaging") : nullptr;
  return found && found->array() ? *found->array() : none;
}

std::string name_of(const Table& average) {
  for (const char* key : {"name", "use"}) {
    const Value* const found = average.find(key);
    if (found && found->text()) return *found->text();
  }
  return "";
}

bool of_averages(const Setting& setting) { return setting.key.rfind("averaging", 0) == 0; }

Settings with_averages(const Settings& settings, const Array& averages) {
  Settings merged;
  for (const Setting& setting : settings) {
    if (!of_averages(setting)) merged.push_back(setting);
  }
  merged.push_back({"averaging", Value(averages)});
  return merged;
}

}  // namespace

MergedAverages merge_averages(const std::vector<Value>& experiments) {
  MergedAverages merged;
  std::map<std::string, std::string> names;  // in the run, by all that an average is
  for (const Value& experiment : experiments) {
    std::vector<SetName>& sets = merged.sets.emplace_back();
    for (const Value& value : averages_of(experiment)) {
      Table average = *value.table();
      const std::string own = name_of(average);
      average.erase("name");
      const std::string what = Value(average).toml();
      const auto [known, is_new] = names.try_emplace(what, own + "_" + base::short_id(what));
      sets.push_back({own, known->second});
      if (!is_new) continue;
      average.set("name", Value(known->second));
      merged.averaging.emplace_back(std::move(average));
    }
  }
  return merged;
}

std::string outside_averages(const Value& experiment) {
  Value kept = experiment;
  if (!kept.table()) return "";
  kept.table()->erase("averaging");
  if (Value* const run = kept.table()->find("run"); run && run->table()) {
    for (const char* key : {"name", "folder"}) run->table()->erase(key);
  }
  return kept.toml();
}

std::string outside_averages(const std::string& resolved) {
  Problems ignored;
  const auto experiment = config::parse_toml_value(resolved, {}, ignored);
  return experiment ? outside_averages(*experiment) : "";
}

// Trials that differ in their averages only become one run with all of them, which stands behind
// them in the list: an average watches training and never changes it (r50/averaging.h).
void Roster::merge(Added& added) {
  std::map<std::string, std::vector<std::size_t>> alike;
  std::vector<Value> experiments(added.trials.size());
  const auto sweeps_averages = [](const Settings& settings) {
    return std::ranges::any_of(settings, of_averages);
  };
  for (std::size_t i = 0; i < added.trials.size(); ++i) {
    if (!sweeps_averages(added.settings[i])) continue;
    Problems problems;
    auto experiment = config::parse_toml_value(added.answers[i].resolved, {}, problems);
    if (!experiment) continue;
    experiments[i] = std::move(*experiment);
    alike[outside_averages(experiments[i])].push_back(i);
  }
  for (const auto& [what, group] : alike) {
    if (group.size() < 2) continue;
    // Rates that depend on results may depend on those of an average.
    if (!added.answers[group.front()].predictable) continue;
    std::vector<Value> values;
    for (const std::size_t i : group) values.push_back(experiments[i]);
    const MergedAverages merged = merge_averages(values);
    const Settings settings = with_averages(added.settings[group.front()], merged.averaging);
    const Checked answer = ask_merged_({settings}).front();
    if (!answer.good()) continue;
    for (std::size_t k = 0; k < group.size(); ++k) {
      Trial& trial = added.trials[group[k]];
      trial.leader = answer.id;
      trial.in_run = merged.sets[k];
      this->trial(trial.number) = trial;
    }
    if (!ids_.insert(answer.id).second) continue;  // it is there: its trials were forgotten
    Trial run = new_trial(answer, settings);
    run.number = trials_.back().number + 1;
    run.stage = "merged";
    run.point = -1;
    trials_.push_back(run);
    added.trials.push_back(std::move(run));
    added.settings.push_back(settings);
    added.answers.push_back(answer);
  }
}

}  // namespace r50::sweep
