#include "sweep/trial/trial.h"

#include <absl/strings/str_join.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "r50/error.h"

namespace r50::sweep {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* state_names[] = {"waiting",  "running", "paused",
                                       "finished", "stopped", "failed"};

// A condition that is not met leaves a coordinate that is no number, which JSON cannot say.
Json coordinates_json(const Coordinates& at) {
  Json list = Json::array();
  for (const double value : at) list.push_back(std::isnan(value) ? Json(nullptr) : Json(value));
  return list;
}

Coordinates coordinates_of(const Json& list) {
  Coordinates at;
  for (const Json& value : list) {
    at.push_back(value.is_null() ? std::nan("") : value.get<double>());
  }
  return at;
}

Json set_names_json(const std::vector<SetName>& names) {
  Json list = Json::array();
  for (const SetName& name : names) list.push_back({name.own, name.in_run});
  return list;
}

Json value_json(const std::optional<double>& value) {
  if (!value) return nullptr;
  if (std::isnan(*value)) return "nan";
  if (std::isinf(*value)) return *value > 0 ? "inf" : "-inf";
  return *value;
}

std::optional<double> value_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  if (json.is_string()) return std::stod(json.get<std::string>());
  return json.get<double>();
}

}  // namespace

std::string Trial::sets() const { return absl::StrJoin(words, " "); }

std::string text_of(TrialState state) { return state_names[static_cast<int>(state)]; }

std::optional<TrialState> trial_state(const std::string& text) {
  for (int i = 0; i < 6; ++i) {
    if (text == state_names[i]) return static_cast<TrialState>(i);
  }
  return std::nullopt;
}

std::string trial_json(const Trial& t) {
  const Json json = {{"number", t.number},
                     {"id", t.id},
                     {"point", t.point},
                     {"replicate", t.replicate},
                     {"stage", t.stage},
                     {"at", coordinates_json(t.at)},
                     {"set", t.words},
                     {"epochs", t.epochs},
                     {"begin", t.begin},
                     {"went_on", t.went_on},
                     {"leader", t.leader},
                     {"in_run", set_names_json(t.in_run)},
                     {"state", text_of(t.state)},
                     {"until", t.until},
                     {"done", t.done},
                     {"value", value_json(t.value)},
                     {"faults", t.faults},
                     {"faulted_at", t.faulted_at},
                     {"seconds", t.seconds},
                     {"began", t.began},
                     {"message", t.message},
                     {"builds", t.builds}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Trial parse_trial(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    Trial t;
    t.number = json.at("number");
    t.id = json.at("id");
    t.point = json.at("point");
    t.replicate = json.at("replicate");
    t.stage = json.at("stage");
    t.at = coordinates_of(json.at("at"));
    t.words = json.at("set").get<std::vector<std::string>>();
    t.epochs = json.at("epochs");
    t.begin = json.value("begin", std::int64_t{0});
    t.went_on = json.value("went_on", std::string());
    t.leader = json.value("leader", std::string());
    for (const Json& pair : json.value("in_run", Json::array())) {
      t.in_run.push_back({pair.at(0), pair.at(1)});
    }
    const auto state = trial_state(json.at("state"));
    if (!state) throw Error("it has an unknown state");
    t.state = *state;
    t.until = json.at("until");
    t.done = json.at("done");
    t.value = value_of(json.at("value"));
    t.faults = json.at("faults");
    t.faulted_at = json.at("faulted_at");
    t.seconds = json.at("seconds");
    t.began = json.value("began", 0.0);
    t.message = json.at("message");
    t.builds = json.value("builds", t.builds);
    return t;
  } catch (const std::exception& error) {  // nlohmann's, or of a number
    throw Error(std::string("this is no trial: ") + error.what());
  }
}

}  // namespace r50::sweep
