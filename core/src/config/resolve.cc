#include <optional>
#include <stdexcept>

#include "config/paths.h"
#include "config/plugin_table.h"
#include "config/schema_parts.h"
#include "config/tables.h"

namespace r50::config {

namespace {

using Type = FieldInfo::Type;

// What an experiment file calls a plugin, or the file r50_KIND_NAME.so of it.
std::string plugin_name(Kind kind, const std::string& use) {
  const std::string file = use.substr(use.rfind('/') + 1);
  const std::string prefix = "r50_" + std::string(kind_name(kind)) + "_";
  if (!file.starts_with(prefix) || !file.ends_with(".so")) return use;
  return file.substr(prefix.size(), file.size() - prefix.size() - 3);
}

class Resolver {
 public:
  Resolver(WrittenTexts& written, PluginSource& plugins, ResolvedFor purpose)
      : texts_(written), plugins_(plugins), purpose_(purpose) {}

  // `scope` names the table to default_counts().
  Value table(const Value& written, const SchemaInfo& info, const std::string& scope) {
    Table table;
    const Spot nowhere;
    for (const FieldInfo& field : info.fields) {
      const std::string inside = scope + "." + field.key;
      std::optional<Value> by_default;
      if (field.default_value) by_default = list_or_item(*field.default_value, field, inside);
      if (field.type == Type::table && !field.list) {
        by_default = item(Value(Table{}), field, inside);
      }
      const Value* value = written.table()->find(field.key);
      std::optional<Value> holds = by_default;
      if (value) holds = list_or_item(*value, field, inside);
      if (!holds || left_out(scope, field.key, *holds, by_default)) continue;
      table.entries().push_back(
          {field.key, value ? written.table()->key_spot(field.key) : nowhere, *std::move(holds)});
    }
    return {std::move(table), written.spot()};
  }

  Value plugin(Kind kind, bool nested, const Value& written) {
    const SchemaInfo& host = host_schema(kind, nested).info();
    const std::string kind_text(kind_name(kind));
    Value keys = table(written, host, "every " + kind_text);
    const Value& as_written = *written.table()->find("use");
    const bool is_path = as_written.text()->find('/') != std::string::npos;
    if (purpose_ == ResolvedFor::reading) keys = with_absolute_use(keys);
    Value& use = *keys.table()->find("use");
    if (purpose_ == ResolvedFor::id && is_path) use = portable(use);
    if (purpose_ == ResolvedFor::reading && is_path) use = counted_as_written(use, as_written);
    const std::string used = *use.text();
    Value* name = keys.table()->find("name");
    if (name && name->text()->empty()) *name = Value(used);
    Problems problems;
    const AnySchema* schema = plugins_.schema(kind, with_absolute_use(written), problems);
    if (!schema) throw std::logic_error("a plugin has vanished since it was checked");
    const Value own = table(written, schema->info(), kind_text + " " + plugin_name(kind, used));
    for (const Table::Entry& entry : own.table()->entries()) {
      keys.table()->entries().push_back(entry);
    }
    return keys;
  }

  bool left_out(const std::string& scope, const std::string& key, const Value& holds,
                const std::optional<Value>& by_default) const {
    if (purpose_ == ResolvedFor::reading || !by_default || holds != *by_default) return false;
    return !default_counts(scope, key, purpose_ == ResolvedFor::id ? IdRule::now : IdRule::former);
  }

 private:
  Value list_or_item(const Value& value, const FieldInfo& field, const std::string& scope) {
    if (!field.list) return item(value, field, scope);
    Array items;
    for (const Value& one : *value.array()) items.push_back(item(one, field, scope));
    return {std::move(items), value.spot()};
  }

  Value item(const Value& value, const FieldInfo& field, const std::string& scope) {
    const Spot& spot = value.spot();
    switch (field.type) {
      case Type::path:
        if (purpose_ == ResolvedFor::id) return portable(value);
        // What a plugin's own default is relative to is the plugin's business.
        if (purpose_ == ResolvedFor::former_id || !spot.known()) return value;
        return counted_as_written({path_from_anywhere(*value.text(), spot), spot}, value);
      case Type::table:
        return table(value, field.nested->info(), scope);
      case Type::plugin:
        return plugin(field.kind, true, value);
      default:
        return normal_form(value, field);
    }
  }

  Value portable(const Value& value) const { return {texts_.portable(value), value.spot()}; }

  Value counted_as_written(Value place, const Value& written) {
    texts_.count_as(place, texts_.portable(written));
    return place;
  }

  WrittenTexts& texts_;
  PluginSource& plugins_;
  ResolvedFor purpose_;
};

}  // namespace

Value resolve_experiment(Document& document, const std::string& name, PluginSource& plugins,
                         ResolvedFor purpose) {
  Resolver resolver(document.written, plugins, purpose);
  const Value& tree = document.tree;
  Table resolved;
  for (const TopTable& top : top_tables()) {
    const Value* written = tree.table()->find(top.key);
    Value value(Table{});
    if (top.list) {
      Array items;
      const Array none;
      for (const Value& item : written ? *written->array() : none) {
        items.push_back(resolver.plugin(top.kind, false, item));
      }
      value = Value(std::move(items));
    } else if (top.schema) {
      value = resolver.table(written ? *written : Value(Table{}), top.schema->info(), top.key);
    } else {
      value = resolver.plugin(top.kind, false, *written);
    }
    const Value nothing = top.list ? Value(Array{}) : Value(Table{});
    if (resolver.left_out("", top.key, value, nothing)) continue;
    if (written) value.set_spot(written->spot());
    resolved.entries().push_back({top.key, tree.table()->key_spot(top.key), std::move(value)});
  }
  Value& run_name = *resolved.find("run")->table()->find("name");
  run_name = Value(name, run_name.spot());
  return {std::move(resolved), tree.spot()};
}

}  // namespace r50::config
