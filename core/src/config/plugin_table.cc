#include "config/plugin_table.h"

#include "config/paths.h"
#include "config/schema_parts.h"

namespace r50::config {

namespace {

const char* use_doc = "the plugin: a name, or the path of its file";

Schema<HostKeys> plain_keys() {
  return std::move(Schema<HostKeys>("A plugin.")  //
                       .field("use", &HostKeys::use, use_doc, required()));
}

Schema<HostKeys> named_keys() {
  return std::move(
      Schema<HostKeys>("A plugin of which there may be several.")
          .field("use", &HostKeys::use, use_doc, required())
          .field("name", &HostKeys::name, "what logs and files call it; by default, its 'use'"));
}

Schema<HostKeys> stage_keys() {
  return std::move(
      Schema<HostKeys>("A stage on the way from stored images to batches.")
          .field("use", &HostKeys::use, use_doc, required())
          .choice("when", &HostKeys::when, "which images pass through the stage",
                  {{"train", Use::train}, {"evaluate", Use::evaluate}, {"both", Use::both}})
          .field("from", &HostKeys::from, "first works at this point of the run")
          .field("until", &HostKeys::until, "no longer works from this point of the run on")
          .check([](const HostKeys& keys, Checks& checks) {
            if (keys.from) checks.before_end("from", *keys.from);
            if (!keys.until) return;
            const When from = keys.from.value_or(percent(0));
            const auto start = run_share(from, checks.length());
            const auto end = run_share(*keys.until, checks.length());
            const bool never = from.unit == keys.until->unit ? keys.until->amount <= from.amount
                                                             : start && end && *end <= *start;
            if (never || keys.until->amount == 0) {
              checks.wrong("until", "the stage would never work: it ends (" + keys.until->text() +
                                        ") before it begins (" + from.text() + ")");
            }
          }));
}

// Where a host key may stand; empty for a plugin's own keys.
std::string tables_with(const std::string& key) {
  const KindTables wanted = key == "name" ? KindTables::named : KindTables::stages;
  std::string tables;
  for (const Kind kind : kinds) {
    if (kind_tables(kind) != wanted) continue;
    tables += (tables.empty() ? "[[" : " and [[") + std::string(kind_name(kind)) + "]]";
  }
  return tables;
}

void report_misplaced(const Value& keys, const Schema<HostKeys>& schema, SchemaReader& reader) {
  for (const Table::Entry& entry : keys.table()->entries()) {
    if (schema.info().find(entry.key)) continue;
    reader.problems().add(entry.key_spot,
                          "the key '" + entry.key + "' has no meaning in [" + reader.path() + "]",
                          "it belongs to tables of " + tables_with(entry.key));
  }
}

// The keys that `schema` knows, or those it does not.
Value part(const Value& table, bool of_host) {
  Table kept;
  for (const Table::Entry& entry : table.table()->entries()) {
    if (is_host_key(entry.key) == of_host) kept.entries().push_back(entry);
  }
  return {std::move(kept), table.spot()};
}

}  // namespace

KindTables kind_tables(Kind kind) {
  switch (kind) {
#define R50_KIND(kind, Interface, tables) \
  case Kind::kind:                        \
    return KindTables::tables;
    R50_KINDS(R50_KIND)
#undef R50_KIND
  }
  return KindTables::one;
}

const Schema<HostKeys>& host_schema(Kind kind, bool nested) {
  static const Schema<HostKeys> plain = plain_keys(), named = named_keys(), stage = stage_keys();
  const KindTables tables = nested ? KindTables::one : kind_tables(kind);
  if (tables == KindTables::stages) return stage;
  return tables == KindTables::named ? named : plain;
}

Value without_host_keys(const Value& table) { return part(table, false); }

Value with_absolute_use(const Value& table) {
  Value located = table;
  Value* use = located.table()->find("use");
  if (use && use->text() && use->text()->find('/') != std::string::npos) {
    *use = Value(path_from_anywhere(*use->text(), use->spot()), use->spot());
  }
  return located;
}

std::optional<HostKeys> check_plugin_table(Kind kind, bool nested, const Value& table,
                                           SchemaReader& reader) {
  const Schema<HostKeys>& schema = host_schema(kind, nested);
  Value host_keys = part(table, true);
  report_misplaced(host_keys, schema, reader);
  std::erase_if(host_keys.table()->entries(),
                [&](const Table::Entry& entry) { return !schema.info().find(entry.key); });
  HostKeys keys = schema.read(host_keys, reader);
  if (keys.use.empty()) return std::nullopt;  // has been reported

  const AnySchema* own = reader.plugins().schema(kind, with_absolute_use(table), reader.problems());
  if (!own) return std::nullopt;
  own->check(without_host_keys(table), reader);
  return keys;
}

}  // namespace r50::config

namespace r50::schema_detail {

std::pair<std::shared_ptr<Plugin>, std::string> read_plugin(const Value& value,
                                                            const FieldInfo& info,
                                                            SchemaReader& reader) {
  if (reader.building()) {
    return reader.plugins().build(info.kind, config::with_absolute_use(value), reader.facts());
  }
  if (value.table()) {
    config::check_plugin_table(info.kind, true, value, reader);
  } else {
    reader.problems().add(value.spot(),
                          "[" + reader.path() + "] must be a table that names a " +
                              std::string(kind_name(info.kind)) + " plugin" + ", but is " +
                              std::string(value.type_name()) + ": " + value.toml(),
                          "write {use = " + (value.text() ? value.toml() : "\"NAME\"") + "}");
  }
  return {};
}

}  // namespace r50::schema_detail
