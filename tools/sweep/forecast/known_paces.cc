#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/process.h"
#include "config/toml_source.h"
#include "r50/error.h"
#include "report/history.h"
#include "sweep/ask/experiments.h"
#include "sweep/forecast/pace.h"
#include "sweep/trial/trial_folder.h"

namespace r50::sweep {
namespace {

using Json = nlohmann::ordered_json;

constexpr int most_folders = 2000;
constexpr std::size_t enough_runs = 16;

std::optional<RunBuild> build_of_run(base::Files& files, const std::string& folder) {
  const std::string path = folder + "/resolved.toml";
  if (!files.exists(path)) return std::nullopt;
  Problems ignored;
  const auto resolved = config::parse_toml(files.read(path, 1'000'000), path, ignored);
  return resolved ? run_build(*resolved, 1, 1) : std::nullopt;
}

// As many threads were chosen then as will be now: a trial's are set by its slot, unless its
// experiment sets them.
bool same_place(const RunRecord& run, const Place& place, const RunBuild& wanted) {
  if (!run.device.starts_with(place.device) || run.cpu != place.cpu) return false;
  if (place.device != "cpu") {
    return std::find(place.gpus.begin(), place.gpus.end(), run.gpu) != place.gpus.end();
  }
  return run.compute_threads == (wanted.threads > 0 ? wanted.threads : place.threads);
}

double middle_of_sorted(std::vector<double> numbers) {
  std::ranges::sort(numbers);
  return numbers[numbers.size() / 2];
}

// A trial has its own record of how long it was there; what its rows do not show is the start,
// the saving, the end. Of a trial begun several times it is that of several.
std::optional<double> overhead_of(base::Files& files, const std::string& folder, double recorded) {
  const std::string path = folder + "/trial.json";
  if (!files.exists(path)) return std::nullopt;
  const Json trial = Json::parse(files.read(path, 1'000'000), nullptr, false);
  if (!trial.is_object() || trial.value("state", Json()) != "finished") return std::nullopt;
  const Json seconds = trial.value("seconds", Json());
  if (!seconds.is_number() || seconds.get<double>() <= recorded) return std::nullopt;
  return seconds.get<double>() - recorded;
}

// The largest checkpoint, and best.pt. A sweep removes those that it does not keep.
void weigh(base::Files& files, const std::string& folder, Pace& pace) {
  for (const std::string& file : checkpoint_files(files, folder)) {
    const auto bytes = static_cast<double>(files.size(file));
    std::optional<double>& weight =
        file.ends_with("/best.pt") ? pace.best_bytes : pace.checkpoint_bytes;
    weight = std::max(weight.value_or(0), bytes);
  }
}

class PastRuns {
 public:
  PastRuns(base::Files& files, const std::optional<Place>& place,
           const std::vector<RunBuild>& builds)
      : files_(files), place_(place) {
    for (const RunBuild& build : builds) wanted_.emplace(build.kind, build);
  }

  // The runs that lie in a folder.
  void look_below(const std::string& folder) {
    if (!files_.exists(folder) || !files_.is_folder(folder)) return;
    for (const std::string& id : files_.list(folder)) {
      if (++looked_at_ > most_folders) return;
      try {
        look_at(folder + "/" + id);
      } catch (const std::exception&) {  // half a run, or another program's
      }
    }
  }

  std::map<std::string, Pace> paces() const {
    std::map<std::string, Pace> result;
    for (const auto& [kind, found] : found_) result.emplace(kind, middle(found));
    return result;
  }

 private:
  void look_at(const std::string& folder) {
    if (!files_.exists(folder + "/result.json")) return;
    const auto build = build_of_run(files_, folder);
    const auto wanted = build ? wanted_.find(build->kind) : wanted_.end();
    if (wanted == wanted_.end()) return;
    const auto known = found_.find(wanted->first);
    if (known != found_.end() && known->second.size() >= enough_runs) return;
    const auto run = read_run_record(files_, folder);
    if (!run || (place_ && !same_place(*run, *place_, wanted->second))) return;
    if (const auto pace = pace_of_run(files_, folder)) found_[wanted->first].push_back(*pace);
  }

  base::Files& files_;
  const std::optional<Place>& place_;
  std::map<std::string, RunBuild> wanted_;
  std::map<std::string, std::vector<Pace>> found_;
  int looked_at_ = 0;
};

using Json = nlohmann::ordered_json;

Json pace_json(const Pace& pace) {
  return {{"step_seconds", pace.step_seconds},
          {"image_seconds", pace.image_seconds},
          {"evaluated", pace.evaluated},
          {"checkpoint_bytes", pace.checkpoint_bytes.value_or(0)},
          {"best_bytes", pace.best_bytes.value_or(0)}};
}

Pace pace_from(const Json& json) {
  Pace pace;
  pace.step_seconds = json.at("step_seconds");
  pace.image_seconds = json.at("image_seconds");
  pace.evaluated = json.at("evaluated");
  pace.checkpoint_bytes = json.at("checkpoint_bytes").get<double>();
  pace.best_bytes = json.at("best_bytes").get<double>();
  pace.measured = true;
  return pace;
}

}  // namespace

std::optional<Pace> pace_of_run(base::Files& files, const std::string& folder) {
  if (!files.exists(folder + "/result.json") || !files.exists(folder + "/metrics.jsonl")) {
    return std::nullopt;
  }
  const report::History history = report::read_history(files, folder);
  std::vector<double> steps, images;
  std::int64_t step = 0;
  double recorded = 0;
  Pace pace;
  for (const report::EpochEntry& entry : history.epochs) {
    const std::int64_t taken = entry.epoch.step - step;
    step = entry.epoch.step;
    recorded += entry.epoch.wall.seconds;
    if (taken > 0 && entry.epoch.wall.seconds > 0) {
      steps.push_back(entry.epoch.wall.seconds / static_cast<double>(taken));
    }
    for (const EvaluationEvent& one : entry.sets) {
      recorded += one.wall_seconds;
      pace.evaluated = one.images;
      if (one.images > 0) images.push_back(one.wall_seconds / static_cast<double>(one.images));
    }
  }
  if (steps.empty()) return std::nullopt;
  pace.step_seconds = middle_of_sorted(std::move(steps));
  if (!images.empty()) pace.image_seconds = middle_of_sorted(std::move(images));
  pace.overhead = overhead_of(files, folder, recorded);
  weigh(files, folder, pace);
  return pace;
}

std::map<std::string, Pace> past_paces(base::Files& files, const std::string& runs,
                                       const std::string& sweep, const std::optional<Place>& place,
                                       const std::vector<RunBuild>& builds) {
  PastRuns past(files, place, builds);
  past.look_below(sweep);
  // Others may have had their GPU to themselves.
  if (place && !place->shared && files.exists(runs) && files.is_folder(runs)) {
    for (const std::string& name : files.list(runs)) {
      if (runs + "/" + name != sweep) past.look_below(runs + "/" + name);
    }
  }
  return past.paces();
}

Pace parse_measured(const std::string& json) {
  try {
    return pace_from(Json::parse(json));
  } catch (const Json::exception& error) {
    throw Error("r50run check answers what this r50sweep does not understand (" +
                std::string(error.what()) + "); are both of one build?");
  }
}

Pace measured_pace(const std::string& r50run, const std::vector<std::string>& experiment,
                   const std::vector<std::string>& words) {
  const base::Finished child =
      base::run_process(concatenated(concatenated({r50run, "check", "--json"}, experiment), words));
  // A disk that is too small for the whole run is no reason not to know how long it takes.
  if (child.output.empty() || child.exit_code > 1) {
    throw Error("r50run check could not measure a trial: " + last_line(child.errors));
  }
  return parse_measured(child.output);
}

MeasuredPaces::MeasuredPaces(base::Files& files, std::string path)
    : files_(files), path_(std::move(path)) {
  if (!files_.exists(path_)) return;
  const Json json = Json::parse(files_.read(path_, 10'000'000), nullptr, false);
  if (!json.is_object()) return;  // torn or of another version: it is only a memory
  for (const auto& [key, value] : json.items()) {
    try {
      known_.emplace(key, pace_from(value));
    } catch (const Json::exception&) {
      continue;
    }
  }
}

std::optional<Pace> MeasuredPaces::find(const std::string& key) const {
  const auto found = known_.find(key);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void MeasuredPaces::keep(const std::string& key, const Pace& pace) {
  known_[key] = pace;
  Json json = Json::object();
  for (const auto& [name, one] : known_) json[name] = pace_json(one);
  files_.make_folders(base::folder_of(path_));
  base::write_atomically(files_, path_,
                         json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace r50::sweep
