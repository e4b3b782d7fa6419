#include "sweep/forecast/calibrate.h"

#include <nlohmann/json.hpp>

#include "base/process.h"
#include "r50/error.h"

namespace r50::sweep {
namespace {

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

// Before what went wrong stands what was tried.
std::string last_words(std::string said) {
  while (!said.empty() && said.back() == '\n') said.pop_back();
  const auto line = said.rfind('\n');
  return line == std::string::npos ? said : said.substr(line + 1);
}

}  // namespace

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
  std::vector<std::string> argv = {r50run, "check", "--json"};
  argv.insert(argv.end(), experiment.begin(), experiment.end());
  argv.insert(argv.end(), words.begin(), words.end());
  const base::Finished child = base::run_process(argv);
  // A disk that is too small for the whole run is no reason not to know how long it takes.
  if (child.output.empty() || child.exit_code > 1) {
    throw Error("r50run check could not measure a trial: " + last_words(child.errors));
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
