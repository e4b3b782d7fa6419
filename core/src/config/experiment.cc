#include "config/experiment.h"

#include <algorithm>
#include <map>

#include "config/plugin_table.h"
#include "config/tables.h"
#include "config/toml_source.h"
#include "r50/suggest.h"

namespace r50::config {

namespace {

class ExperimentReader {
 public:
  ExperimentReader(const Value& document, PluginSource& plugins, Problems& problems)
      : document_(document), plugins_(plugins), problems_(problems) {}

  Experiment read(const std::string& file_stem) {
    report_unknown_tables();
    Experiment experiment;
    RunTable& run = experiment.run = table("run", run_schema());
    experiment.name = run.name.empty() ? file_stem : run.name;
    if (!is_utf8(experiment.name)) {
      problems_.add(document_.spot(), "the file's name is no UTF-8 text", "set [run] name");
    }
    length_ = {.epochs = run.epochs, .steps_per_epoch = 0};
    experiment.data = table("data", data_schema());
    experiment.evaluate = table("evaluate", evaluate_schema());
    experiment.checkpoint = table("checkpoint", checkpoint_schema());
    experiment.find_lr = table("find_lr", find_lr_schema());
    experiment.plugins = table("plugins", plugins_schema());
    for (const Kind kind : kinds) {
      const std::string key(kind_name(kind));
      experiment.specs[kind] =
          kind_tables(kind) == KindTables::one ? plugin(key, kind) : plugin_list(key, kind);
    }
    return experiment;
  }

 private:
  void report_unknown_tables() {
    std::vector<std::string> known;
    for (const TopTable& top : top_tables()) known.push_back(top.key);
    for (const Table::Entry& entry : document_.table()->entries()) {
      if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
      if (auto guess = nearest(entry.key, known)) meant_.push_back(*guess);
      const bool table = entry.value.table() || entry.value.array();
      problems_.add(entry.key_spot,
                    (table ? "unknown table [" + entry.key + "]"
                           : "unknown key '" + entry.key + "' outside of any table"),
                    near_guess(entry.key, known, "tables"));
    }
  }

  // Null if it is not there, or is no table; that has been reported then.
  const Value* find(const std::string& key, bool needed) {
    const Value* value = document_.table()->find(key);
    if (value && !value->table()) {
      problems_.add(value->spot(),
                    "'" + key + "' must be a table, but is " + std::string(value->type_name()),
                    "write [" + key + "], in single brackets, and its keys below");
      return nullptr;
    }
    const bool misspelt = std::find(meant_.begin(), meant_.end(), key) != meant_.end();
    if (!value && needed && !misspelt) {
      problems_.add(document_.spot(), "the experiment lacks the table [" + key + "]",
                    "write it, or extend a file that has it");
    }
    return value;
  }

  SchemaReader reader() { return {SchemaReader::Mode::check, problems_, plugins_, length_}; }

  template <class Config>
  Config table(const std::string& key, const Schema<Config>& schema) {
    const bool needed = std::any_of(schema.info().fields.begin(), schema.info().fields.end(),
                                    [](const FieldInfo& field) { return field.required(); });
    const Value* value = find(key, needed);
    if (!value) return Config{};
    SchemaReader one = reader();
    InTable inside(one, key);
    return schema.read(*value, one);
  }

  PluginSpec spec(Kind kind, const Value& value, SchemaReader& one) {
    PluginSpec spec;
    spec.table = with_absolute_use(value);
    if (const auto keys = check_plugin_table(kind, false, value, one)) {
      spec.name = keys->name.empty() ? keys->use : keys->name;
      spec.when = keys->when;
      spec.from = keys->from;
      spec.until = keys->until;
    }
    return spec;
  }

  // Empty if the table is missing; that has been reported then.
  std::vector<PluginSpec> plugin(const std::string& key, Kind kind) {
    const Value* value = find(key, true);
    if (!value) return {};
    SchemaReader one = reader();
    InTable inside(one, key);
    return {spec(kind, *value, one)};
  }

  std::vector<PluginSpec> plugin_list(const std::string& key, Kind kind) {
    std::vector<PluginSpec> specs;
    const Value* value = document_.table()->find(key);
    if (!value) return specs;
    const bool tables =
        value->array() && std::all_of(value->array()->begin(), value->array()->end(),
                                      [](const Value& v) { return v.table(); });
    if (!tables) {
      problems_.add(value->spot(), "'" + key + "' must be a list of tables",
                    "write [[" + key + "]], in double brackets, once for each");
      return specs;
    }
    SchemaReader one = reader();
    for (const Value& item : *value->array()) {
      InTable inside(one, key, specs.size());
      specs.push_back(spec(kind, item, one));
    }
    if (kind_tables(kind) == KindTables::named) report_double_names(key, kind, specs);
    return specs;
  }

  void report_double_names(const std::string& key, Kind kind,
                           const std::vector<PluginSpec>& specs) {
    std::map<std::string, Spot> taken;
    // The weights that no averaging made have a name, too.
    if (kind == Kind::averaging) taken.emplace("plain", Spot{});
    for (const PluginSpec& spec : specs) {
      if (spec.name.empty()) continue;
      const Value* name = spec.table.table()->find("name");
      const Spot spot = name ? name->spot() : spec.table.spot();
      const auto [first, fresh] = taken.emplace(spec.name, spot);
      if (fresh) continue;
      problems_.add(spot,
                    first->second.known()
                        ? "two tables [[" + key + "]] are called '" + spec.name +
                              "'; the other stands at " + first->second.text()
                        : "'" + spec.name + "' is the name of the weights that are not averaged",
                    "give one of them another 'name'");
    }
  }

  const Value& document_;
  PluginSource& plugins_;
  Problems& problems_;
  RunLength length_;
  std::vector<std::string> meant_;  // by misspelt tables
};

// Takes out what data sets' files wish of a model that has no such key. In one line, what that was.
std::string leave_out_wishes(Document& document, PluginSource& plugins) {
  Value* model = document.tree.table()->find("model");
  if (!model || !model->table()) return "";
  const Value* const use = model->table()->find("use");
  if (!use || !use->text()) return "";  // reported later
  Problems reported_later;
  const AnySchema* schema = plugins.schema(Kind::model, with_absolute_use(*model), reported_later);
  if (!schema) return "";
  std::string keys;
  const Table written = *model->table();
  for (const Table::Entry& entry : written.entries()) {
    const bool wish = document.of_datasets.count(entry.key_spot.file) > 0;
    if (!wish || is_host_key(entry.key) || schema->info().find(entry.key)) continue;
    keys += (keys.empty() ? "" : ", ") + entry.key + " (" + entry.key_spot.text() + ")";
    model->table()->erase(entry.key);
  }
  if (keys.empty()) return "";
  return "left out, since the model '" + *written.find("use")->text() +
         "' has no such key: " + keys;
}

class NoPlugins final : public PluginSource {
 public:
  const AnySchema* schema(Kind, const Value&, Problems&) override { return nullptr; }
  std::pair<std::shared_ptr<Plugin>, std::string> build(Kind, const Value&, const void*) override {
    return {};
  }
};

}  // namespace

std::vector<std::string> plugin_folders(const Document& document, Problems& problems) {
  const Value* table = document.tree.table()->find("plugins");
  if (!table || !table->table()) return {};
  NoPlugins none;
  SchemaReader reader(SchemaReader::Mode::check, problems, none, {});
  InTable inside(reader, "plugins");
  std::vector<std::string> folders;
  for (const Path& path : plugins_schema().read(*table, reader).path) folders.push_back(path.text);
  return folders;
}

std::optional<Experiment> read_experiment(Document document, const std::string& file_stem,
                                          PluginSource& plugins, Problems& problems) {
  const std::string left_out = leave_out_wishes(document, plugins);
  Experiment experiment = ExperimentReader(document.tree, plugins, problems).read(file_stem);
  if (!problems.empty()) return std::nullopt;
  const auto resolve = [&](ResolvedFor purpose) {
    return resolve_experiment(document, experiment.name, plugins, purpose);
  };
  experiment.resolved = resolve(ResolvedFor::reading);
  experiment.counted = resolve(ResolvedFor::id);
  experiment.counted_formerly = resolve(ResolvedFor::former_id);
  experiment.left_out = left_out;
  experiment.files = std::move(document.files);
  experiment.written = std::move(document.written);
  return experiment;
}

}  // namespace r50::config
