#include "probe/batch_check.h"

#include <nlohmann/json.hpp>

#include "assemble/build_stamp.h"
#include "config/identity.h"
#include "probe/find_lr.h"
#include "probe/timetable.h"

namespace r50::probe {
namespace {

using Json = nlohmann::ordered_json;

// The plain weights, and one set each averaging.
std::vector<std::string> weight_sets(const config::Experiment& experiment) {
  std::vector<std::string> sets = {"plain"};
  for (const config::PluginSpec& spec : experiment.specs.at(Kind::averaging))
    sets.push_back(spec.name);
  return sets;
}

Json metrics_json(const std::vector<std::string>& sets) {
  Json names = Json::array();
  for (const char* metric : {"top1", "top5", "loss"}) {
    names.push_back(metric);
    for (const std::string& set : sets) names.push_back(set + "." + metric);
    names.push_back(std::string("best.") + metric);
  }
  names.push_back("train_loss");
  return names;
}

void tell_variant(assemble::Opened& opened, const assemble::DataSide& data, bool finder,
                  Json& json) {
  const config::Experiment& experiment = opened.experiment;
  if (finder) {
    lr_iterations(experiment.find_lr, data.facts.length.steps_per_epoch);
    json["id"] = config::find_lr_id(experiment);
    json["former_id"] = config::find_lr_id(experiment, config::IdRule::former);
  } else {
    json["id"] = config::experiment_id(experiment);
    json["former_id"] = config::experiment_id(experiment, config::IdRule::former);
  }
  const Timetable table = timetable(opened, data.facts);
  const std::vector<std::string> sets = weight_sets(experiment);
  json["name"] = experiment.name;
  json["epochs"] = data.facts.length.epochs;
  json["steps_per_epoch"] = data.facts.length.steps_per_epoch;
  json["evaluated"] = data.dataset.call([](auto& held) { return held.info().evaluate_images; });
  json["predictable"] = table.predictable;
  json["sets"] = sets;
  json["metrics"] = metrics_json(sets);
}

}  // namespace

std::string BatchCheck::answer(const std::string& line) {
  return variants_.answer(line, [this](assemble::Opened& opened, const assemble::DataSide& data,
                                       bool finder, Json& json) {
    tell_variant(opened, data, finder, json);
    json["build"] = assemble::build_stamp(*opened.host, files_);
    json["resolved"] = opened.experiment.resolved.toml();
  });
}

}  // namespace r50::probe
