#include "contract/subject.h"
#include "plugin/search_path.h"

namespace r50::contract {

namespace {

Value number_within(const Limits& limits, bool integer) {
  double value = 1;
  if (value < limits.min || (value == limits.min && limits.above_min)) value = limits.min + 1;
  if (value > limits.max || (value == limits.max && limits.below_max)) {
    value = limits.min > limits.max - 1 ? (limits.min + limits.max) / 2 : limits.max - 1;
  }
  return integer ? Value(static_cast<std::int64_t>(value)) : Value(value);
}

Value example_fields(host::Host& host, const SchemaInfo& info, Table table);

// A plugin that itself needs nothing: `constant`, not another `sequence`.
Value example_plugin(host::Host& host, const FieldInfo& field) {
  for (const std::string& name : host::known_names(host.search_path(), field.kind)) {
    try {
      const host::LoadedPlugin& plugin = host.load(field.kind, name);
      bool modest = true;
      for (const FieldInfo& inner : plugin.entry.schema->info().fields) {
        modest = modest && !inner.required();
      }
      if (!modest) continue;
    } catch (const Error&) {
      continue;  // a broken neighbour is not this plugin's fault
    }
    Table table;
    table.set("use", name);
    return Value(std::move(table));
  }
  throw Skipped{"'" + field.key + "' needs a " + std::string(kind_name(field.kind)) +
                " plugin, and none was found on the search path"};
}

Value example_of_one(host::Host& host, const FieldInfo& field) {
  switch (field.type) {
    case FieldInfo::Type::boolean:
      return Value(true);
    case FieldInfo::Type::integer:
      return number_within(field.limits, true);
    case FieldInfo::Type::real:
      return number_within(field.limits, false);
    case FieldInfo::Type::rate:
      return Value(0.1);
    case FieldInfo::Type::text:
      return Value("example");
    case FieldInfo::Type::when:
    case FieldInfo::Type::every:
      return Value("1 epochs");
    case FieldInfo::Type::choice:
      return Value(field.choices.at(0));
    case FieldInfo::Type::plugin:
      return example_plugin(host, field);
    case FieldInfo::Type::table:
      return example_fields(host, field.nested->info(), {});
    case FieldInfo::Type::path:
      break;
  }
  throw Skipped{"nobody but you knows a value for '" + field.key + "' (" + field.doc + "): add " +
                field.key + "='...' to the command"};
}

Value example_fields(host::Host& host, const SchemaInfo& info, Table table) {
  for (const FieldInfo& field : info.fields) {
    if (!field.required() || table.find(field.key)) continue;
    if (!field.list) {
      table.set(field.key, example_of_one(host, field));
      continue;
    }
    const int count = field.limits.length >= 0 ? field.limits.length : 1;
    Array array;
    for (int i = 0; i < count; ++i) array.push_back(example_of_one(host, field));
    table.set(field.key, Value(std::move(array)));
  }
  return Value(std::move(table));
}

}  // namespace

Value example_table(host::Host& host, const host::LoadedPlugin& plugin, const Value& given) {
  Table table;
  table.set("use", Value(plugin.file));
  for (const Table::Entry& entry : given.table()->entries()) table.set(entry.key, entry.value);
  return example_fields(host, plugin.entry.schema->info(), std::move(table));
}

}  // namespace r50::contract
