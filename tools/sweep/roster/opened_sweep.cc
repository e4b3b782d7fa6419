#include "sweep/roster/opened_sweep.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/identity.h"
#include "config/toml_source.h"
#include "r50/suggest.h"

namespace r50::sweep {
namespace {

void check_metric(const SweepFile& sweep, const std::vector<Checked>& answers) {
  const std::string& name = sweep.metric.name;
  for (const Checked& answer : answers) {
    const auto& known = answer.metrics;
    if (!answer.good() || std::find(known.begin(), known.end(), name) != known.end()) continue;
    Problems problems;
    problems.add({sweep.path, 0, 0},
                 "[metric] name is '" + name + "', which a trial does not report",
                 near_guess(name, known, "metrics"));
    throw WrongInput(problems);
  }
}

// Trials that were begun under an ID of the former rule keep it, and their folder.
std::vector<Checked> check(const Experiments& r50run, const SweepFolder& folder,
                           const std::vector<Settings>& variants,
                           Experiments::Use use = Experiments::Use::train) {
  std::vector<Checked> answers = r50run.check(folder.experiment(), variants, use);
  for (Checked& answer : answers) {
    answer.id =
        config::id_in_use(base::real_files(), folder.path() + "/", answer.id, answer.former_id);
    // A finder is done or not: it counts as a run of one epoch.
    if (use == Experiments::Use::find_rate) answer.epochs = 1;
  }
  return answers;
}

}  // namespace

OpenedSweep::OpenedSweep(const std::string& path)
    : file(read_sweep_file(base::real_files(), path)),
      folder(base::real_files(), "runs", file),
      environment(base::real_files(), folder.file("environment.json")) {
  Problems problems;
  environment.fill_in(file, problems);
  if (!problems.empty()) throw WrongInput(problems);
  if (file.launcher.program.empty()) r50run.emplace(r50run_program());
}

Ask OpenedSweep::ask() const {
  return [this](const std::vector<Settings>& variants) {
    if (!r50run) return check_for_program(file, variants);
    if (file.finds_rates()) return check(*r50run, folder, variants, Experiments::Use::find_rate);
    std::vector<Checked> answers = check(*r50run, folder, variants);
    check_metric(file, answers);
    if (branch()) branch()->apply_to(answers);
    return answers;
  };
}

const std::optional<Branch>& OpenedSweep::branch() const {
  if (!branch_ && !file.branch.empty()) {
    branch_ = open_branch(base::real_files(), file.branch, *r50run, folder.file("branch.json"));
  }
  return branch_;
}

Ask OpenedSweep::ask_merged() const {
  // On Kubernetes no controller is there to write the folders of the trials when the run has ended.
  // Nor are the averages of a branch those of one run: each trial has a run of its own.
  if (!r50run || file.method == Method::lr_find || !file.branch.empty() ||
      file.launcher.kind == LauncherKind::kubernetes) {
    return nullptr;
  }
  return [this](const std::vector<Settings>& variants) { return check(*r50run, folder, variants); };
}

std::int64_t OpenedSweep::seed() const {
  if (!r50run || (file.seeds == 1 && file.confirm.top == 0)) return 1;
  const std::vector<Checked> answers = r50run->check(folder.experiment(), {Settings()});
  refuse_problems(answers);
  Problems problems;
  const auto resolved = config::parse_toml_value(answers.front().resolved, {}, problems);
  const Value* const seed = resolved ? key_in(*resolved, "run", "seed") : nullptr;
  return seed && seed->integer() ? *seed->integer() : 1;
}

std::vector<std::string> OpenedSweep::thread_words(int threads) const {
  std::vector<std::string> words;
  const std::vector<std::string> swept = file.parameters.keys();
  for (const char* key : {"run.threads", "data.threads"}) {
    if (std::find(swept.begin(), swept.end(), key) != swept.end()) continue;
    words.push_back(absl::StrCat(key, "=", threads));
  }
  return words;
}

std::vector<Trial> OpenedSweep::seen_trials() const {
  base::Files& files = base::real_files();
  const std::string path = folder.file("status.json");
  std::vector<Trial> trials;
  if (!files.exists(path)) return trials;
  const auto json = nlohmann::json::parse(files.read(path), nullptr, false);
  if (!json.is_object() || !json.contains("trials")) return trials;
  for (const auto& one : json["trials"]) trials.push_back(parse_trial(one.dump()));
  return trials;
}

}  // namespace r50::sweep
