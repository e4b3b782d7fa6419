#include "sweep/file/frozen_environment.h"

#include <nlohmann/json.hpp>

#include "config/document.h"

namespace r50::sweep {
namespace {

using EnvironmentJson = nlohmann::ordered_json;

// r50run fills in again what it is given: to that, the text must be the same.
void escape(Value& value) {
  if (Table* table = value.table()) {
    for (Table::Entry& entry : table->entries()) escape(entry.value);
  } else if (Array* array = value.array()) {
    for (Value& item : *array) escape(item);
  } else if (const std::string* text = value.text()) {
    const std::string escaped = config::without_environment(*text);
    if (escaped != *text) value = Value(escaped, Spot(value.spot()));
  }
}

}  // namespace

FrozenEnvironment::FrozenEnvironment(base::Files& files, std::string file)
    : files_(files), file_(std::move(file)) {
  if (!files_.exists(file_)) return;
  try {
    const EnvironmentJson json = EnvironmentJson::parse(files_.read(file_));
    for (const auto& [name, value] : json.items()) {
      if (!value.is_null()) known_[name] = value.get<std::string>();
      if (value.is_null()) known_[name] = std::nullopt;
    }
  } catch (const EnvironmentJson::exception& error) {
    throw WrongInput("'" + file_ + "', which keeps the environment that the sweep began with, is " +
                     "damaged (" + error.what() +
                     "). Put it back, or give the sweep another name.");
  }
}

void FrozenEnvironment::fill_in(SweepFile& sweep, Problems& problems) {
  const config::Environment now = config::process_environment();
  const config::Environment frozen = [&](const std::string& name) {
    auto found = known_.find(name);
    if (found == known_.end()) {
      found = known_.emplace(name, now(name)).first;
      grown_ = true;
    }
    return found->second;
  };
  const auto fill = [&](Settings& settings) {
    for (Setting& setting : settings) {
      config::fill_in_environment(setting.value, frozen, problems);
      escape(setting.value);
    }
  };
  fill(sweep.parameters.constants);
  for (VariedKey& axis : sweep.parameters.axes) {
    for (Settings& choice : axis.choices) fill(choice);
  }
  fill(sweep.confirm.set);
}

void FrozenEnvironment::keep() const {
  if (!grown_) return;
  EnvironmentJson json = EnvironmentJson::object();
  for (const auto& [name, value] : known_) {
    json[name] = value ? EnvironmentJson(*value) : EnvironmentJson(nullptr);
  }
  base::write_atomically(files_, file_, json.dump(1) + "\n");
}

}  // namespace r50::sweep
