#include "sweep/forecast/costs.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <algorithm>
#include <set>

#include "base/hash.h"
#include "config/toml_source.h"
#include "sweep/ask/experiments.h"
#include "sweep/forecast/pace.h"

namespace r50::sweep {

Costs::Costs(base::Files& files, const OpenedSweep& opened, int slots)
    : files_(files),
      opened_(opened),
      site_(opened.r50run ? site_with_gpus(opened.file, slots, gpus_of_r50run)
                          : site_of(opened.file, slots)),
      runs_(base::folder_of(opened.folder.path())) {
  // On how many threads a trial computes was fixed when the sweep began.
  const std::string threads = opened.folder.file("threads");
  if (site_.place && files_.exists(threads)) {
    site_.place->threads = std::max(1, std::atoi(files_.read(threads).c_str()));
  }
}

Ask Costs::remembering(Ask ask) {
  return [this, ask = std::move(ask)](const std::vector<Settings>& variants) {
    std::vector<Checked> answers = ask(variants);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      remember(answers[i].id, answers[i], variants[i]);
    }
    return answers;
  };
}

void Costs::remember(const std::string& id, const Checked& answer, const Settings& settings) {
  if (!answer.good() || answer.resolved.empty()) return;
  Problems ignored;
  const auto resolved = config::parse_toml_value(answer.resolved, {}, ignored);
  auto build =
      resolved ? run_build(*resolved, answer.epochs, answer.steps_per_epoch) : std::nullopt;
  if (!build) return;
  Known one{std::move(*build), answer.steps_per_epoch, answer.evaluated, words_of(settings)};
  known_.insert_or_assign(id, std::move(one));
}

// Seeds are left out: they cost nothing. A merged run has no point: it is what one of its trials
// is, but for its averages, which are the less of an epoch.
void Costs::ask_again(const std::vector<Trial>& trials, const Ask& ask) {
  std::map<std::string, const Trial*> of_run;
  for (const Trial& trial : trials) {
    if (trial.follows()) of_run.emplace(trial.leader, &trial);
  }
  std::vector<Settings> variants;
  std::vector<std::string> ids;
  for (const Trial& trial : trials) {
    if (known(trial)) continue;
    const auto follower = of_run.find(trial.id);
    if (trial.is_merged_run() && follower == of_run.end()) continue;
    const Trial& like = trial.is_merged_run() ? *follower->second : trial;
    variants.push_back(opened_.file.parameters.settings(like.at));
    if (like.stage == "confirm") {
      variants.back() = set_over(std::move(variants.back()), opened_.file.confirm.set);
    }
    ids.push_back(trial.id);
  }
  if (variants.empty()) return;
  const std::vector<Checked> answers = ask(variants);
  for (std::size_t i = 0; i < answers.size(); ++i) remember(ids[i], answers[i], variants[i]);
}

const Costs::Known* Costs::known(const Trial& trial) const {
  const auto found = known_.find(trial.id);
  return found == known_.end() ? nullptr : &found->second;
}

void Costs::look_around() {
  std::map<std::string, RunBuild> builds;
  for (const auto& [id, one] : known_) {
    builds.emplace(one.build.kind, one.build);
  }
  std::vector<RunBuild> wanted;
  for (const auto& [kind, build] : builds) wanted.push_back(build);
  paces_ = past_paces(files_, runs_, opened_.folder.path(), site_.place, wanted);
  const MeasuredPaces measured(files_, measured_file());
  for (const RunBuild& build : wanted) {
    const auto pace = measured.find(measured_key(build));
    if (pace && !shares_gpus()) paces_.emplace(build.kind, *pace);
  }
}

std::string Costs::measured_key(const RunBuild& build) const {
  std::string where = site_.place ? site_.place->device + " " + site_.place->cpu : "";
  if (site_.place && site_.place->device == "cpu") {
    absl::StrAppend(&where, " ", build.threads > 0 ? build.threads : site_.place->threads);
  }
  if (site_.place) {
    for (const std::string& gpu : site_.place->gpus) where += "\n" + gpu;
  }
  return base::short_id(build.kind + "\n" + where);
}

void Costs::calibrate(const std::function<void(const std::string&)>& tell) {
  if (!opened_.r50run) throw WrongInput("only trials of r50run can be measured, by r50run check");
  if (!site_.place) {
    throw WrongInput(
        "the trials run on other machines than this one: what is measured here says nothing of "
        "them. Run one of them there; r50sweep plan then knows");
  }
  if (shares_gpus()) {
    throw WrongInput(
        "several trials share a GPU here (trials_per_gpu, slots): what one measures alone says "
        "nothing of them. Let one of them finish; r50sweep plan then knows");
  }
  MeasuredPaces kept(files_, measured_file());
  for (const auto& [id, one] : known_) {
    const auto known = paces_.find(one.build.kind);
    if (known != paces_.end() && (!known->second.measured || known->second.runs == 0)) continue;
    tell("measuring " + one.build.called + " ...");
    Pace pace = measured_pace(r50run_program(), opened_.folder.experiment(),
                              concatenated(one.words, opened_.thread_words(site_.place->threads)));
    kept.keep(measured_key(one.build), pace);
    pace.runs = 0;  // it was measured just now: once is enough
    paces_.insert_or_assign(one.build.kind, pace);
  }
}

Makeup Costs::makeup(const Trial& trial) const {
  const Known* const one = known(trial);
  if (!one) return {};
  Makeup build{one->build.kind, one->steps, std::nullopt,
               static_cast<double>(one->steps * one->build.batch)};
  const auto pace = paces_.find(build.kind);
  if (pace == paces_.end() || trial.epochs <= 0) return build;
  const auto epochs = static_cast<double>(trial.epochs);
  if (opened_.file.method == Method::lr_find) {
    build.seconds = (pace->second.overhead.value_or(0) +
                     static_cast<double>(one->build.finder_steps) * pace->second.step_seconds) /
                    epochs;
    return build;
  }
  build.seconds =
      seconds_of(one->build, {epochs, one->steps, one->evaluated}, pace->second) / epochs;
  return build;
}

TrialCost Costs::cost(const Trial& trial, const TrialRates& rates) const {
  TrialCost cost;
  cost.epochs = static_cast<double>(trial.epochs);
  if (const auto epoch = rates.epoch_seconds(trial)) cost.seconds = *epoch * cost.epochs;
  const Known* const one = known(trial);
  if (opened_.file.method == Method::lr_find) {  // it saves nothing
    if (one)
      cost.epochs = static_cast<double>(one->build.finder_steps) /
                    static_cast<double>(std::max<std::int64_t>(1, one->steps));
    return cost;
  }
  const auto pace = one ? paces_.find(one->build.kind) : paces_.end();
  if (pace == paces_.end()) return cost;
  cost.bytes_running = bytes_running(one->build, pace->second);
  cost.bytes_resting = bytes_resting(one->build, pace->second);
  return cost;
}

std::vector<TrialCost> Costs::costs_of(const std::vector<Trial>& trials,
                                       const TrialRates& rates) const {
  std::vector<TrialCost> all;
  for (const Trial& trial : trials) all.push_back(cost(trial, rates));
  return all;
}

std::string Costs::source() const {
  std::int64_t runs = 0;
  bool measured = false;
  for (const auto& [kind, pace] : paces_) {
    if (pace.measured) {
      measured = true;
    } else {
      runs += pace.runs;
    }
  }
  std::string text;
  if (runs > 0) {
    text = absl::StrFormat("from %d finished %s", runs, runs == 1 ? "run" : "runs");
  }
  if (measured) text += std::string(runs > 0 ? " and " : "") + "measured by r50run check";
  return text;
}

std::vector<std::string> Costs::unknown() const {
  std::set<std::string> names;
  for (const auto& [id, one] : known_) {
    if (paces_.count(one.build.kind) == 0) names.insert(one.build.called);
  }
  return {names.begin(), names.end()};
}

}  // namespace r50::sweep
