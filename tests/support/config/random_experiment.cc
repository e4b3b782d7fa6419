#include "support/config/random_experiment.h"

#include <algorithm>
#include <cmath>

#include "config/plugin_table.h"
#include "config/tables.h"

namespace r50::test {

namespace {

using Type = FieldInfo::Type;

class Generator {
 public:
  Generator(const CompiledPlugins& plugins, std::mt19937_64& random)
      : plugins_(plugins), random_(random) {}

  Value document() {
    Table document;
    for (const config::TopTable& top : config::top_tables()) {
      if (!top.needed && chance(0.4)) continue;
      if (top.list) {
        Array items;
        for (std::int64_t i = below(3); i >= 0; --i) items.push_back(plugin(top.kind, false, 0));
        document.set(top.key, std::move(items));
      } else {
        document.set(top.key,
                     top.schema ? table(top.schema->info(), 0) : plugin(top.kind, false, 0));
      }
    }
    return document;
  }

 private:
  Value table(const SchemaInfo& info, int depth) {
    Table table;
    for (const FieldInfo& field : info.fields) {
      if (field.required() || chance(0.5)) table.set(field.key, list_or_item(field, depth));
    }
    return table;
  }

  Value plugin(Kind kind, bool nested, int depth) {
    std::vector<const PluginEntry*> entries;
    for (const PluginEntry& entry : plugins_.entries()) {
      const std::vector<FieldInfo>& fields = entry.schema->info().fields;
      const bool holds_plugins = std::any_of(
          fields.begin(), fields.end(), [](const FieldInfo& f) { return f.type == Type::plugin; });
      if (entry.kind == kind && !(holds_plugins && depth > 2)) entries.push_back(&entry);
    }
    const PluginEntry& entry = *entries[static_cast<std::size_t>(below(entries.size()))];
    Value keys = table(config::host_schema(kind, nested).info(), depth);
    const Value own = table(entry.schema->info(), depth);
    for (const Table::Entry& one : own.table()->entries()) {
      keys.table()->set(one.key, one.value);
    }
    keys.table()->set("use", entry.name);
    return keys;
  }

  Value list_or_item(const FieldInfo& field, int depth) {
    if (!field.list) return item(field, depth);
    std::int64_t length = field.limits.length;
    if (length < 0) length = below(3) + (field.limits.not_empty ? 1 : 0);
    Array items;
    for (std::int64_t i = 0; i < length; ++i) items.push_back(item(field, depth + 1));
    return items;
  }

  Value item(const FieldInfo& field, int depth) {
    switch (field.type) {
      case Type::boolean:
        return chance(0.5);
      case Type::integer:
        return static_cast<std::int64_t>(number(field.limits, true));
      case Type::real:
        if (chance(0.3)) return static_cast<std::int64_t>(number(field.limits, true));
        return number(field.limits, false);
      case Type::text:
      case Type::path:
        return text();
      case Type::when:
        return when();
      case Type::every:
        return chance(0.2) ? Value("never") : chance(0.5) ? Value("90 minutes") : when();
      case Type::rate:
        if (chance(0.5)) return number(field.limits, false);
        return Value(Rate{number(field.limits, false), 1 + below(1000)}.text());
      case Type::choice:
        return field.choices[static_cast<std::size_t>(below(field.choices.size()))];
      case Type::table:
        return table(field.nested->info(), depth + 1);
      case Type::plugin:
        return plugin(field.kind, true, depth + 1);
    }
    return {};
  }

  Value when() {
    if (chance(0.3)) return steps(1 + below(100000)).text();
    if (chance(0.5)) return percent(1 + static_cast<double>(below(980)) / 10).text();
    return epochs(1 + static_cast<double>(below(40)) / (chance(0.5) ? 8 : 1)).text();
  }

  // Near the limits as often as between them.
  double number(const Limits& limits, bool whole) {
    const double low = std::isfinite(limits.min) ? limits.min : -1000;
    const double high = std::isfinite(limits.max) ? limits.max : low + 1e4;
    double x = low + (high - low) * std::uniform_real_distribution<>()(random_);
    if (chance(0.3)) x = low + (limits.above_min ? std::fmin(1, (high - low) / 2) : 0);
    if (chance(0.2) && !limits.below_max) x = high;
    return whole ? std::fmax(std::floor(x), std::ceil(low)) : x;
  }

  Value text() {
    static const std::vector<std::string> pieces = {"a",  "B7", "ü",  "日",   "\"", "'",
                                                    "\\", " ",  "\n", "\t",   "$",  "$${",
                                                    "{",  "}",  "#",  "\x7f", "=",  ".."};
    std::string text = "t";
    for (std::int64_t i = below(6); i > 0; --i) {
      text += pieces[static_cast<std::size_t>(below(pieces.size()))];
    }
    return text;
  }

  bool chance(double probability) {
    return std::uniform_real_distribution<>()(random_) < probability;
  }
  template <class Size>
  std::int64_t below(Size n) {
    return std::uniform_int_distribution<std::int64_t>(0,
                                                       static_cast<std::int64_t>(n) - 1)(random_);
  }

  const CompiledPlugins& plugins_;
  std::mt19937_64& random_;
};

}  // namespace

Value random_document(const CompiledPlugins& plugins, std::mt19937_64& random) {
  return Generator(plugins, random).document();
}

}  // namespace r50::test
