#include "sweep/export/export.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include <absl/strings/str_format.h>

#include "config/paths.h"
#include "config/toml_source.h"
#include "report/format.h"
#include "sweep/search/points.h"

namespace r50::sweep {
namespace {

using Json = nlohmann::ordered_json;

enum class Operation {
  create_study = 0,
  study_user_attr = 2,
  study_system_attr = 3,
  create_trial = 4
};
enum class Ended { complete = 1, pruned = 2, fail = 3 };

// Python's json has words for what JSON has none.
std::string python_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  const std::string text = report::exact(value);  // "3" would be read as a whole number
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

std::string iso_time(double seconds) {
  const auto whole = static_cast<std::time_t>(std::floor(seconds));
  std::tm parts{};
  ::gmtime_r(&whole, &parts);
  char day[40];
  std::strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &parts);
  const auto millionths = static_cast<int>(1e6 * (seconds - std::floor(seconds)));
  return absl::StrFormat("%s.%06d+00:00", day, millionths);
}

// One key's distribution over the whole sweep, and how Optuna numbers its values.
struct OptunaParameter {
  bool categorical = true;
  std::vector<Value> choices;
  Dimension range;

  std::int64_t index(const Value& value) {
    const auto found = std::find(choices.begin(), choices.end(), value);
    if (found != choices.end()) return found - choices.begin();
    choices.push_back(value);
    return static_cast<std::int64_t>(choices.size()) - 1;
  }
};

Json choice_json(const Value& value) {
  if (value.boolean()) return *value.boolean();
  if (value.integer()) return *value.integer();
  if (value.real() && std::isfinite(*value.real())) return *value.real();
  return value.text() ? *value.text() : value.toml();
}

// Optuna keeps a distribution as JSON inside of a text.
std::string distribution_text(const OptunaParameter& parameter) {
  if (parameter.categorical) {
    Json choices = Json::array();
    for (const Value& value : parameter.choices) choices.push_back(choice_json(value));
    return Json{{"name", "CategoricalDistribution"}, {"attributes", {{"choices", choices}}}}.dump();
  }
  const Dimension& range = parameter.range;
  const bool logarithmic = range.shape == Dimension::Shape::logarithmic;
  if (range.kind == Dimension::Kind::integer) {
    return Json{{"name", "IntDistribution"},
                {"attributes",
                 {{"log", logarithmic},
                  {"step", 1},
                  {"low", static_cast<std::int64_t>(range.low)},
                  {"high", static_cast<std::int64_t>(range.high)}}}}
        .dump();
  }
  Json attributes = {
      {"step", nullptr}, {"low", range.low}, {"high", range.high}, {"log", logarithmic}};
  if (range.step > 0 && range.shape == Dimension::Shape::flat) {
    const Lattice lattice = lattice_of(range);
    attributes["step"] = lattice.step;
    attributes["low"] = lattice_value(lattice.first, lattice.step);
    attributes["high"] = lattice_value(lattice.last, lattice.step);
  }
  return Json{{"name", "FloatDistribution"}, {"attributes", attributes}}.dump();
}

double number_in(const Value& value) {
  if (value.integer()) return static_cast<double>(*value.integer());
  return value.real() ? *value.real() : std::nan("");
}

class OptunaJournal {
 public:
  OptunaJournal(const SweepFile& sweep, const std::vector<OptunaTrial>& trials)
      : sweep_(sweep), trials_(trials) {
    for (const VariedKey& axis : sweep.parameters.axes) take_axis(axis);
    for (const OptunaTrial& one : trials) {
      for (const auto& [key, value] : words_of(one.trial)) take_value(key, value);
    }
  }

  std::string text() {
    add_study(sweep_.name, "");
    const bool confirmed = std::any_of(trials_.begin(), trials_.end(), [](const OptunaTrial& one) {
      return one.trial.stage == "confirm";
    });
    if (confirmed) add_study(sweep_.name + "-confirm", "confirm");
    return text_;
  }

 private:
  using Words = std::vector<std::pair<std::string, Value>>;

  // A key that is set twice has its later value.
  static Words words_of(const Trial& trial) {
    Words words;
    for (const std::string& word : trial.words) {
      const auto equals = word.find('=');
      const std::string key = word.substr(0, equals);
      Problems problems;
      auto value = config::parse_toml_value(word.substr(equals + 1), {}, problems);
      if (!value) value = Value(word.substr(equals + 1));
      std::erase_if(words, [&](const auto& earlier) { return earlier.first == key; });
      words.emplace_back(key, std::move(*value));
    }
    return words;
  }

  void take_axis(const VariedKey& axis) {
    const bool list = axis.dimension.kind == Dimension::Kind::choice;
    const auto parameter = [&](const std::string& key) -> OptunaParameter& {
      const auto [found, is_new] = parameters_.try_emplace(key);
      if (is_new) {
        found->second.categorical = list;
        found->second.range = axis.dimension;
      } else if (found->second.categorical != list) {
        Problems problems;
        problems.add(axis.spot,
                     absl::StrFormat("'%s' is a list in one [[when]] and a range in another", key),
                     "Optuna has one kind of distribution for a parameter");
        throw WrongInput(problems);
      }
      return found->second;
    };
    if (!list) {
      Dimension& range = parameter(axis.key).range;
      if (range.shape == Dimension::Shape::normal) {
        range.low = range.mean - 4 * range.deviation;
        range.high = range.mean + 4 * range.deviation;
      }
      range.low = std::min(range.low, axis.dimension.low);
      range.high = std::max(range.high, axis.dimension.high);
      return;
    }
    for (const Settings& choice : axis.choices) {
      for (const Setting& setting : choice) parameter(setting.key).index(setting.value);
    }
  }

  // Every value of a trial is possible.
  void take_value(const std::string& key, const Value& value) {
    const auto found = parameters_.find(key);
    if (found == parameters_.end()) return;
    OptunaParameter& parameter = found->second;
    if (parameter.categorical) {
      parameter.index(value);
    } else if (std::isfinite(number_in(value))) {
      parameter.range.low = std::min(parameter.range.low, number_in(value));
      parameter.range.high = std::max(parameter.range.high, number_in(value));
    }
  }

  static Json operation(Operation what) {
    return {{"op_code", static_cast<int>(what)}, {"worker_id", "r50sweep"}};
  }

  void add_line(const Json& json, const std::string& rest = "") {
    std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    line.pop_back();
    text_ += line + rest + "}\n";
  }

  void add_study(const std::string& name, const std::string& stage) {
    Json create = operation(Operation::create_study);
    create["study_name"] = name;
    create["directions"] = {sweep_.maximize() ? 2 : 1};
    add_line(create);
    for (const auto& [key, value] :
         {std::pair("sweep", sweep_.path), {"base", config::words(sweep_.base)}}) {
      Json attribute = operation(Operation::study_user_attr);
      attribute["study_id"] = studies_;
      attribute["user_attr"] = {{key, value}};
      add_line(attribute);
    }
    Json metric = operation(Operation::study_system_attr);
    metric["study_id"] = studies_;
    metric["system_attr"] = {{"study:metric_names", {sweep_.metric.name}}};
    add_line(metric);
    for (const OptunaTrial& one : trials_) {
      if (one.trial.stage == stage && one.trial.over()) add_trial(one);
    }
    ++studies_;
  }

  void add_trial(const OptunaTrial& one) {
    const Trial& trial = one.trial;
    Json json = operation(Operation::create_trial);
    json["study_id"] = studies_;
    json["datetime_start"] = iso_time(one.ended - trial.seconds);
    json["datetime_complete"] = iso_time(one.ended);
    const auto value = value_of(one);
    json["state"] = static_cast<int>(state_of(trial));
    json["distributions"] = Json::object();
    json["params"] = Json::object();
    json["user_attrs"] = {{"number", trial.number}, {"id", trial.id}, {"point", trial.point}};
    if (!trial.message.empty()) json["user_attrs"]["message"] = trial.message;
    for (const auto& [key, setting] : words_of(trial)) {
      const auto found = parameters_.find(key);
      if (found == parameters_.end()) {
        json["user_attrs"][key] = choice_json(setting);
        continue;
      }
      OptunaParameter& parameter = found->second;
      json["distributions"][key] = distribution_text(parameter);
      if (parameter.categorical) {
        json["params"][key] = parameter.index(setting);
      } else {
        json["params"][key] = number_in(setting);
      }
    }
    json["system_attrs"] = Json::object();
    json["values"] = nullptr;
    std::string rest = ",\"value\":" + (value ? python_number(*value) : "null");
    rest += ",\"intermediate_values\":{";
    for (std::size_t i = 0; i < one.reports.size(); ++i) {
      rest += (i > 0 ? ",\"" : "\"") + std::to_string(one.reports[i].epoch) +
              "\":" + python_number(one.reports[i].value);
    }
    add_line(json, rest + "}");
  }

  static Ended state_of(const Trial& trial) {
    if (trial.state == TrialState::stopped) return Ended::pruned;
    const bool number = trial.value && !std::isnan(*trial.value);
    return trial.state == TrialState::finished && number ? Ended::complete : Ended::fail;
  }

  static std::optional<double> value_of(const OptunaTrial& one) {
    if (state_of(one.trial) == Ended::complete) return one.trial.value;
    if (state_of(one.trial) == Ended::fail || one.reports.empty()) return std::nullopt;
    const double latest = one.reports.back().value;
    return std::isnan(latest) ? std::nullopt : std::optional(latest);
  }

  const SweepFile& sweep_;
  const std::vector<OptunaTrial>& trials_;
  std::map<std::string, OptunaParameter> parameters_;
  std::string text_;
  std::int64_t studies_ = 0;
};

}  // namespace

std::string optuna_journal(const SweepFile& sweep, const std::vector<OptunaTrial>& trials) {
  return OptunaJournal(sweep, trials).text();
}

}  // namespace r50::sweep
