#include "config/resolve.h"

#include <stdexcept>

#include "config/normal_form.h"
#include "config/paths.h"
#include "config/plugin_table.h"
#include "config/tables.h"

namespace r50::config {

namespace {

using Type = FieldInfo::Type;

class Resolver {
 public:
  Resolver(PluginSource& plugins, PathForm form) : plugins_(plugins), form_(form) {}

  Value table(const Value& written, const SchemaInfo& info) {
    Table table;
    const Spot nowhere;
    for (const FieldInfo& field : info.fields) {
      if (const Value* value = written.table()->find(field.key)) {
        table.entries().push_back(
            {field.key, written.table()->key_spot(field.key), list_or_item(*value, field)});
      } else if (field.default_value) {
        table.entries().push_back({field.key, nowhere, list_or_item(*field.default_value, field)});
      } else if (field.type == Type::table && !field.list) {
        table.entries().push_back({field.key, nowhere, item(Value(Table{}), field)});
      }
    }
    return {std::move(table), written.spot()};
  }

  Value plugin(Kind kind, bool nested, const Value& written) {
    const SchemaInfo& host = host_schema(kind, nested).info();
    Value keys = table(written, host);
    if (form_ == PathForm::absolute) keys = with_absolute_use(keys);
    if (host.find("name")) {
      Value& name = *keys.table()->find("name");
      if (name.text()->empty()) name = Value(*keys.table()->find("use")->text());
    }
    Problems problems;
    const AnySchema* schema = plugins_.schema(kind, with_absolute_use(written), problems);
    if (!schema) throw std::logic_error("a plugin has vanished since it was checked");
    const Value own = table(written, schema->info());
    for (const Table::Entry& entry : own.table()->entries()) {
      keys.table()->entries().push_back(entry);
    }
    return keys;
  }

 private:
  Value list_or_item(const Value& value, const FieldInfo& field) {
    if (!field.list) return item(value, field);
    Array items;
    for (const Value& one : *value.array()) items.push_back(item(one, field));
    return {std::move(items), value.spot()};
  }

  Value item(const Value& value, const FieldInfo& field) {
    const Spot& spot = value.spot();
    switch (field.type) {
      case Type::path:
        // What a plugin's own default is relative to is the plugin's business.
        if (form_ == PathForm::as_written || !spot.known()) return value;
        return {path_from_anywhere(*value.text(), spot), spot};
      case Type::table:
        return table(value, field.nested->info());
      case Type::plugin:
        return plugin(field.kind, true, value);
      default:
        return normal_form(value, field);
    }
  }

  PluginSource& plugins_;
  PathForm form_;
};

}  // namespace

Value resolve_table(const Value& table, const SchemaInfo& info, PluginSource& plugins,
                    PathForm form) {
  return Resolver(plugins, form).table(table, info);
}

Value resolve_plugin(Kind kind, bool nested, const Value& table, PluginSource& plugins,
                     PathForm form) {
  return Resolver(plugins, form).plugin(kind, nested, table);
}

Value resolve_experiment(const Value& document, const std::string& name, PluginSource& plugins,
                         PathForm form) {
  Resolver resolver(plugins, form);
  Table resolved;
  for (const TopTable& top : top_tables()) {
    const Value* written = document.table()->find(top.key);
    Value value(Table{});
    if (top.list) {
      Array items;
      const Array none;
      for (const Value& item : written ? *written->array() : none) {
        items.push_back(resolver.plugin(top.kind, false, item));
      }
      value = Value(std::move(items));
    } else if (top.schema) {
      value = resolver.table(written ? *written : Value(Table{}), top.schema->info());
    } else {
      value = resolver.plugin(top.kind, false, *written);
    }
    if (written) value.set_spot(written->spot());
    resolved.entries().push_back({top.key, document.table()->key_spot(top.key), std::move(value)});
  }
  Value& run_name = *resolved.find("run")->table()->find("name");
  run_name = Value(name, run_name.spot());
  return {std::move(resolved), document.spot()};
}

}  // namespace r50::config
