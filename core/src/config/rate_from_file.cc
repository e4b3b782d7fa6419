#include "config/rate_from_file.h"

#include <absl/strings/str_format.h>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "config/paths.h"
#include "config/plugin_table.h"
#include "config/tables.h"

namespace r50::config {

LrSuggestion read_lr_suggestion(const std::string& json) {
  using Json = nlohmann::json;
  const Json found = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (found.is_discarded()) throw Error("is damaged: it is no JSON");
  const auto member = [&](const char* key) {
    return found.is_object() && found.contains(key) ? found[key] : Json();
  };
  const Json rate = member("suggested_max_lr"), rule = member("rule"), batch = member("batch");
  if (!rule.is_string() || !batch.is_number_integer() || !found.contains("suggested_max_lr")) {
    throw Error("is no lr_suggestion.json of find-lr: it lacks suggested_max_lr, rule or batch");
  }
  if (rate.is_null()) {
    throw Error("suggests no rate: its curves were too short for the rule '" +
                rule.get<std::string>() + "', which [find_lr] iterations can change");
  }
  const double number = rate.is_number() ? rate.get<double>() : 0;
  if (!(number > 0) || !std::isfinite(number)) {
    throw Error("is damaged: its suggested_max_lr is no rate, but " +
                rate.dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  return {number, rule.get<std::string>(), batch.get<std::int64_t>()};
}

namespace {

using Type = FieldInfo::Type;

constexpr std::string_view prefix = "from:";
constexpr std::uint64_t largest_suggestion = 1'000'000;

bool names_file(const Value& value) { return value.text() && value.text()->starts_with(prefix); }

// Plugins are asked for their schemas only where there is something to look for.
bool mentions_file(const Value& value) {
  if (const Table* table = value.table()) {
    return std::any_of(table->entries().begin(), table->entries().end(),
                       [](const Table::Entry& entry) { return mentions_file(entry.value); });
  }
  if (const Array* array = value.array()) {
    return std::any_of(array->begin(), array->end(), mentions_file);
  }
  return names_file(value);
}

// Any rate that the schema takes.
Value stand_in(const FieldInfo& field, const Spot& spot) {
  if (field.default_value && !field.list) {
    Value value = *field.default_value;
    value.set_spot(spot);
    return value;
  }
  const Limits& limits = field.limits;
  double rate = 0.1;
  if (rate <= limits.min) rate = std::min(limits.min + 1, (limits.min + limits.max) / 2);
  if (rate >= limits.max) rate = (std::max(limits.min, limits.max - 1) + limits.max) / 2;
  return {rate, spot};
}

std::optional<std::int64_t> batch_of(const Value& document) {
  const Value* run = document.table()->find("run");
  const Value* batch = run && run->table() ? run->table()->find("batch") : nullptr;
  if (!batch || !batch->integer()) return std::nullopt;  // will be reported
  return *batch->integer();
}

class Taker {
 public:
  Taker(base::Files& files, PluginSource& plugins, std::optional<std::int64_t> batch,
        Problems& problems)
      : files_(files), plugins_(plugins), batch_(batch), problems_(problems) {}

  void stand_in_from_here_on(bool on) { stand_in_ = on; }

  void table(Value& written, const SchemaInfo& info) {
    if (!written.table()) return;
    for (const FieldInfo& field : info.fields) {
      Value* value = written.table()->find(field.key);
      if (!value || !mentions_file(*value)) continue;
      if (field.list && value->array()) {
        list(*value, field);
      } else if (!field.list) {
        one(*value, field);
      }
    }
  }

  void plugin(Kind kind, Value& written) {
    if (!written.table() || !mentions_file(written)) return;
    const Value* const use = written.table()->find("use");
    if (!use || !use->text()) return;  // reported later
    Problems reported_later;
    if (const AnySchema* schema =
            plugins_.schema(kind, with_absolute_use(written), reported_later)) {
      table(written, schema->info());
    }
  }

 private:
  void list(Value& values, const FieldInfo& field) {
    Array& items = *values.array();
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Spot before = items[i].spot();
      one(items[i], field);
      // explain shows the origin of a list, not of its items.
      const Spot& now = items[i].spot();
      if (now.file == before.file) continue;
      const std::string origin = now.file.substr(before.text().size() + 2);
      values.set_spot(
          {absl::StrFormat("%s, item %d %s", values.spot().text(), i + 1, origin), 0, 0});
    }
  }

  void one(Value& value, const FieldInfo& field) {
    if (field.type == Type::table) table(value, field.nested->info());
    if (field.type == Type::plugin) plugin(field.kind, value);
    if (field.type != Type::rate || !names_file(value)) return;
    const auto rate = stand_in_ ? std::nullopt : read(value, field);
    // One problem a key: a rate that could not be read must not be reported as no number as well.
    value = rate ? *rate : stand_in(field, value.spot());
  }

  std::optional<Value> read(const Value& value, const FieldInfo& field) {
    const Spot& spot = value.spot();
    const std::string written = value.text()->substr(prefix.size());
    std::string path = path_from_here(written, spot);
    const auto refuse = [&](const std::string& what, const std::string& hint) {
      problems_.add(spot, "'" + field.key + "' takes its rate from '" + path + "', which " + what,
                    hint);
      return std::nullopt;
    };
    if (written.empty()) {
      problems_.add(spot, "'" + field.key + "' says from: but names no file",
                    "write \"from:runs/NAME/find-lr-ID/lr_suggestion.json\"");
      return std::nullopt;
    }
    try {
      if (files_.exists(path) && files_.is_folder(path)) path += "/lr_suggestion.json";
      if (!files_.exists(path)) {
        return refuse("does not exist",
                      "r50run find-lr FILE writes it, and says where; a relative path is seen from "
                      "the file it stands in, on the command line from the current directory");
      }
      if (files_.size(path) > largest_suggestion) return refuse("is larger than 1 MB", another);
      const LrSuggestion found = read_lr_suggestion(files_.read(path));
      if (batch_ && found.batch != *batch_) {
        return refuse(absl::StrFormat("was found with a batch of %d, but this experiment has a "
                                      "batch of %d",
                                      found.batch, *batch_),
                      "run find-lr on this experiment, or write a rate of your own");
      }
      return Value(found.rate, {spot.text() + ", by " + found.rule + " from " + path, 0, 0});
    } catch (const Error& error) {
      return refuse(error.what(), another);
    } catch (const base::FileError& error) {
      return refuse(std::string("cannot be read: ") + error.what(), "");
    }
  }

  static constexpr const char* another = "r50run find-lr FILE writes such a file";

  base::Files& files_;
  PluginSource& plugins_;
  std::optional<std::int64_t> batch_;
  Problems& problems_;
  bool stand_in_ = false;
};

}  // namespace

void take_up_rates(Document& document, base::Files& files, PluginSource& plugins,
                   SchedulerRates scheduler, Problems& problems) {
  Value& tree = document.tree;
  if (!mentions_file(tree)) return;
  Taker taker(files, plugins, batch_of(tree), problems);
  for (const TopTable& top : top_tables()) {
    Value* value = tree.table()->find(top.key);
    if (!value) continue;
    taker.stand_in_from_here_on(top.kind == Kind::scheduler && !top.schema &&
                                scheduler == SchedulerRates::stand_in);
    if (top.schema) {
      taker.table(*value, top.schema->info());
    } else if (top.list && value->array()) {
      for (Value& item : *value->array()) taker.plugin(top.kind, item);
    } else if (!top.list) {
      taker.plugin(top.kind, *value);
    }
  }
}

}  // namespace r50::config
