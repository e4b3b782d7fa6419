#include "probe/variants.h"

#include <nlohmann/json.hpp>

#include "plugin/search_path.h"

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

}  // namespace

const Held<Dataset>& Variants::dataset(const config::Experiment& experiment) {
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

std::string Variants::answer(const std::string& line, const Tell& tell) {
  const Variant variant = read_variant(line);
  Json json = {{"number", variant.number}};
  try {
    assemble::Opened opened = assemble::open_experiment(
        files_, experiment_, variant.words,
        variant.finder ? config::SchedulerRates::stand_in : config::SchedulerRates::from_files);
    const config::Experiment& experiment = opened.experiment;
    tell(opened, assemble::data_side(experiment, dataset(experiment)), variant.finder, json);
  } catch (const WrongInput& error) {
    json["problems"] = problems_json(error);
  } catch (const Error& error) {
    json["problems"] = {{{"where", ""}, {"what", error.what()}, {"hint", ""}}};
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace r50::probe
