#include <absl/strings/str_format.h>
#include <algorithm>
#include <map>

#include "r50/suggest.h"
#include "sweep/file/parameters.h"

namespace r50::sweep {
namespace {

class ParametersReader {
 public:
  ParametersReader(const Table& file, Problems& problems) : file_(file), problems_(problems) {}

  Parameters read() {
    if (const Value* table = table_of("parameters")) read_table(*table->table(), "", std::nullopt);
    for (const Value* table : tables_of("zip")) read_zip(*table);
    read_list();
    for (const Value* table : tables_of("when")) read_when(*table);
    return std::move(parameters_);
  }

 private:
  const Value* table_of(const char* name) {
    const Value* const found = file_.find(name);
    if (!found || found->table()) return found;
    problems_.add(found->spot(),
                  std::string("'") + name + "' is a table, not " + std::string(found->type_name()));
    return nullptr;
  }

  std::vector<const Value*> tables_of(const char* name) {
    std::vector<const Value*> found;
    const Value* const list = file_.find(name);
    if (!list) return found;
    const bool tables = list->array() && std::ranges::all_of(*list->array(), [](const Value& v) {
                          return v.table();
                        });
    if (!tables) {
      problems_.add(list->spot(), std::string("'") + name + "' is a list of tables",
                    std::string("write [[") + name + "]]");
      return found;
    }
    for (const Value& table : *list->array()) found.push_back(&table);
    return found;
  }

  void read_table(const Table& table, const std::string& prefix,
                  const std::optional<Condition>& condition) {
    for (const Table::Entry& entry : table.entries()) {
      const std::string key = prefix + entry.key;
      if (!entry.value.table()) {
        problems_.add(entry.value.spot(), "parameter '" + key + "' is " + entry.value.toml(),
                      "write a table: values = [...], min = ... and max = ..., or value = ...");
      } else if (is_parameter(*entry.value.table())) {
        if (auto axis = read_parameter(key, entry.value, problems_)) {
          if (taken(key, entry.key_spot, condition)) continue;
          axis->dimension.condition = condition;
          add(std::move(*axis));
        }
      } else {
        read_table(*entry.value.table(), key + ".", condition);
      }
    }
  }

  // Keys that are always there with one value are no dimension.
  void add(VariedKey axis) {
    if (axis.choices.size() == 1 && !axis.dimension.condition) {
      for (Setting& setting : axis.choices.front()) {
        parameters_.constants.push_back(std::move(setting));
      }
    } else {
      axis.dimension.choices = std::max<std::size_t>(1, axis.choices.size());
      parameters_.axes.push_back(std::move(axis));
    }
  }

  void read_zip(const Value& table) {
    VariedKey axis;
    axis.spot = table.spot();
    std::size_t length = 0;
    for (const Table::Entry& entry : table.table()->entries()) {
      const Array* const list = entry.value.array();
      if (!list || list->empty()) {
        problems_.add(entry.value.spot(), "[[zip]]: '" + entry.key + "' is no list of values",
                      "write \"" + entry.key + "\" = [first, second, ...]");
        return;
      }
      if (!axis.choices.empty() && list->size() != length) {
        problems_.add(entry.value.spot(),
                      absl::StrFormat("[[zip]]: '%s' has %d values, but '%s' has %d", entry.key,
                                      list->size(), axis.choices.front().front().key, length),
                      "keys that go together have lists of one length");
        return;
      }
      if (taken(entry.key, entry.key_spot, std::nullopt)) return;
      length = list->size();
      axis.choices.resize(length);
      for (std::size_t i = 0; i < length; ++i) axis.choices[i].push_back({entry.key, (*list)[i]});
      axis.dimension.name += (axis.dimension.name.empty() ? "" : "+") + entry.key;
    }
    if (axis.choices.empty()) {
      problems_.add(table.spot(), "[[zip]] is empty", "write two keys or more with their lists");
      return;
    }
    add(std::move(axis));
  }

  // [[trial]]: points written out one by one are the choices of one dimension.
  void read_list() {
    VariedKey axis;
    axis.dimension.name = "trial";
    for (const Value* table : tables_of("trial")) {
      axis.spot = table->spot();
      Settings settings;
      for (const Table::Entry& entry : table->table()->entries()) {
        settings.push_back({entry.key, entry.value});
        if (std::find(list_keys_.begin(), list_keys_.end(), entry.key) == list_keys_.end()) {
          if (taken(entry.key, entry.key_spot, std::nullopt)) return;
          list_keys_.push_back(entry.key);
        }
      }
      axis.choices.push_back(std::move(settings));
    }
    if (axis.choices.empty()) return;
    axis.dimension.choices = axis.choices.size();
    parameters_.axes.push_back(std::move(axis));
  }

  // [[when]] if = {"optimizer.use" = "sam"}, and parameters that are there only then.
  void read_when(const Value& table) {
    const Value* const condition = table.table()->find("if");
    const Value* const inside = table.table()->find("parameters");
    for (const Table::Entry& entry : table.table()->entries()) {
      if (entry.key != "if" && entry.key != "parameters") {
        problems_.add(entry.key_spot, "unknown key '" + entry.key + "' in [[when]]",
                      near_guess(entry.key, {"if", "parameters"}, "keys"));
      }
    }
    if (!condition || !condition->table() || condition->table()->size() != 1 || !inside ||
        !inside->table()) {
      problems_.add(table.spot(), "[[when]] needs a condition and what it brings",
                    "write if = {\"optimizer.use\" = \"sam\"} and [when.parameters]");
      return;
    }
    const Table::Entry& wanted = condition->table()->entries().front();
    if (const auto met = condition_of(wanted)) read_table(*inside->table(), "", met);
  }

  std::optional<Condition> condition_of(const Table::Entry& wanted) {
    for (std::size_t i = 0; i < parameters_.axes.size(); ++i) {
      const VariedKey& axis = parameters_.axes[i];
      Condition condition{i, {}};
      bool known = false;
      for (std::size_t choice = 0; choice < axis.choices.size(); ++choice) {
        for (const Setting& setting : axis.choices[choice]) {
          if (setting.key != wanted.key) continue;
          known = true;
          const Array* const list = wanted.value.array();
          const bool meant =
              setting.value == wanted.value ||
              (list && std::find(list->begin(), list->end(), setting.value) != list->end());
          if (meant) condition.choices.push_back(choice);
        }
      }
      if (!known) continue;
      if (!condition.choices.empty()) return condition;
      problems_.add(wanted.value.spot(),
                    "[[when]]: '" + wanted.key + "' is never " + wanted.value.toml(),
                    "it must be one of the values that [parameters] gives it");
      return std::nullopt;
    }
    std::vector<std::string> keys;
    for (const VariedKey& axis : parameters_.axes) {
      if (axis.key.empty()) keys.push_back(axis.dimension.name);
    }
    problems_.add(wanted.key_spot, "[[when]]: '" + wanted.key + "' is no parameter with values",
                  near_guess(wanted.key, keys, "parameters"));
    return std::nullopt;
  }

  // A key may be written twice only where never both are there.
  bool taken(const std::string& key, const Spot& spot, const std::optional<Condition>& condition) {
    auto& others = conditions_[key];
    const bool apart = std::ranges::all_of(others, [&](const auto& other) {
      if (!other || !condition || other->dimension != condition->dimension) return false;
      return std::ranges::none_of(other->choices, [&](std::size_t choice) {
        return std::find(condition->choices.begin(), condition->choices.end(), choice) !=
               condition->choices.end();
      });
    });
    others.push_back(condition);
    if (!apart) {
      problems_.add(spot, "parameter '" + key + "' is written twice",
                    "it stands in another of [parameters], [[zip]], [[when]] or [[trial]] already");
    }
    return !apart;
  }

  const Table& file_;
  Problems& problems_;
  Parameters parameters_;
  std::vector<std::string> list_keys_;
  std::map<std::string, std::vector<std::optional<Condition>>> conditions_;
};

}  // namespace

Parameters read_parameters(const Table& file, Problems& problems) {
  return ParametersReader(file, problems).read();
}

}  // namespace r50::sweep
