#include "probe/batch_check.h"

#include <nlohmann/json.hpp>

#include "assemble/assembly.h"
#include "assemble/opened.h"
#include "assemble/provenance.h"
#include "config/identity.h"
#include "plugin/search_path.h"
#include "probe/find_lr.h"
#include "probe/timetable.h"

namespace r50::probe {
namespace {

using Json = nlohmann::ordered_json;

struct Variant {
  std::int64_t number = 0;
  bool finder = false;
  std::vector<config::OverrideWord> words;
};

Variant read_variant(const std::string& line) {
  try {
    const Json json = Json::parse(line);
    Variant variant{json.at("number").get<std::int64_t>(), json.value("finder", false), {}};
    for (const Json& one : json.at("set")) {
      variant.words.push_back({one.at("word").get<std::string>(),
                               {one.value("file", std::string("command line")),
                                one.value("line", 0), one.value("column", 0)}});
    }
    return variant;
  } catch (const Json::exception& error) {
    throw WrongInput("this is no variant in JSON (" + std::string(error.what()) +
                     "): " + line.substr(0, 200));
  }
}

Json problems_json(const WrongInput& error) {
  Json list = Json::array();
  for (const Problem& problem : error.problems().list()) {
    list.push_back(
        {{"where", problem.spot.text()}, {"what", problem.what}, {"hint", problem.hint}});
  }
  if (list.empty()) list.push_back({{"where", ""}, {"what", error.what()}, {"hint", ""}});
  return list;
}

// The plain weights, and one set each averaging.
std::vector<std::string> weight_sets(const config::Experiment& experiment) {
  std::vector<std::string> sets = {"plain"};
  for (const config::PluginSpec& spec : experiment.specs.at(Kind::averaging)) {
    sets.push_back(spec.name);
  }
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

const Held<Dataset>& BatchCheck::dataset(const config::Experiment& experiment) {
  const DatasetFacts wanted{static_cast<std::uint64_t>(experiment.run.seed),
                            experiment.data.image_size};
  const std::string key = experiment.spec(Dataset::kind).table.toml() +
                          std::to_string(wanted.seed) + " " + std::to_string(wanted.image_size);
  const auto known = datasets_.find(key);
  if (known != datasets_.end()) return known->second.dataset;
  std::vector<std::string> folders;
  for (const Path& path : experiment.plugins.path) folders.push_back(path.text);
  OpenDataset open;
  open.host = std::make_unique<host::Host>(host::SearchPath::standard(folders));
  open.dataset = open.host->make<Dataset>(experiment.spec(Dataset::kind).table, wanted);
  return datasets_.emplace(key, std::move(open)).first->second.dataset;
}

std::string BatchCheck::answer(const std::string& line) {
  const Variant variant = read_variant(line);
  Json json = {{"number", variant.number}};
  try {
    assemble::Opened opened = assemble::open_experiment(
        files_, experiment_, variant.words,
        variant.finder ? config::SchedulerRates::stand_in : config::SchedulerRates::from_files);
    const config::Experiment& experiment = opened.experiment;
    const assemble::DataSide data = assemble::data_side(experiment, dataset(experiment));
    tell_variant(opened, data, variant.finder, json);
    json["build"] = assemble::build_stamp(*opened.host, files_);
    json["resolved"] = experiment.resolved.toml();
  } catch (const WrongInput& error) {
    json["problems"] = problems_json(error);
  } catch (const Error& error) {
    json["problems"] = {{{"where", ""}, {"what", error.what()}, {"hint", ""}}};
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace r50::probe
