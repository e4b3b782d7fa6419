#include "sweep/file/sweep_file.h"

#include <algorithm>
#include <filesystem>

#include "config/paths.h"
#include "config/toml_source.h"
#include "r50/suggest.h"
#include "sweep/file/sweep_rules.h"
#include "sweep/file/sweep_schema.h"

namespace r50::sweep {
namespace {

// Schemas of plugins inside of plugins: a sweep file has none.
class NoPlugins final : public PluginSource {
 public:
  const AnySchema* schema(Kind, const Value&, Problems&) override { return nullptr; }
  std::pair<std::shared_ptr<Plugin>, std::string> build(Kind, const Value&, const void*) override {
    return {};
  }
};

Value parse_file(base::Files& files, const std::string& path, Problems& problems) {
  if (!files.exists(path) || files.is_folder(path)) {
    throw WrongInput("'" + path + "' is no file; name a sweep file, such as those in sweeps/");
  }
  auto value = config::parse_toml(files.read(path, 1'000'000), path, problems);
  if (!value) throw WrongInput(problems);
  return std::move(*value);
}

// [confirm] set = {"run.epochs" = 16}: keys of the experiment, which no schema of ours knows.
Settings take_settings(Value& document, Problems& problems) {
  Settings settings;
  Value* const confirm = document.table()->find("confirm");
  Value* const set = confirm && confirm->table() ? confirm->table()->find("set") : nullptr;
  if (!set) return settings;
  if (!set->table()) {
    problems.add(set->spot(), "[confirm] set is " + std::string(set->type_name()),
                 "write set = {\"run.epochs\" = 16}");
  } else {
    for (const Table::Entry& entry : set->table()->entries()) {
      settings.push_back({entry.key, entry.value});
    }
  }
  confirm->table()->erase("set");
  return settings;
}

// `budget = "40h"`, or a table of its own: [budget] limit = "40h".
void take_budget(Value& document, Problems& problems) {
  Value* const budget = document.table()->find("budget");
  if (!budget || !budget->table()) return;
  const Value* const limit = budget->table()->find("limit");
  if (!limit || budget->table()->size() != 1) {
    problems.add(budget->spot(), "[budget] has one key, limit",
                 "write limit = \"40h\", or \"$25\"");
    document.table()->erase("budget");
    return;
  }
  const Value taken = *limit;
  *budget = taken;
}

// What is varied is read elsewhere. A key that was to be one of these tables is told of here: the
// schema, which knows none of them, would guess at others.
void take_varied(Value& document, Problems& problems) {
  const std::vector<std::string> varied = {"parameters", "zip", "when", "trial"};
  std::vector<std::string> misspelt;
  for (const Table::Entry& entry : document.table()->entries()) {
    if (sweep_schema().info().find(entry.key) || !nearest(entry.key, varied)) continue;
    if (std::find(varied.begin(), varied.end(), entry.key) != varied.end()) continue;
    problems.add(entry.key_spot, "unknown key '" + entry.key + "'",
                 near_guess(entry.key, varied, "keys"));
    misspelt.push_back(entry.key);
  }
  for (const auto& keys : {varied, misspelt}) {
    for (const std::string& key : keys) document.table()->erase(key);
  }
}

}  // namespace

bool SweepFile::maximize() const {
  if (metric.goal != Goal::by_name) return metric.goal == Goal::maximize;
  return metric.name.find("loss") == std::string::npos;
}

SweepFile read_sweep_file(base::Files& files, const std::string& path) {
  Problems problems;
  const Value written = parse_file(files, path, problems);
  Value ours = written;
  take_varied(ours, problems);
  take_budget(ours, problems);
  const Settings confirmed = take_settings(ours, problems);

  NoPlugins plugins;
  SchemaReader reader(SchemaReader::Mode::check, problems, plugins, {});
  SweepFile sweep = sweep_schema().read(ours, reader);
  sweep.parameters = read_parameters(*written.table(), problems);
  sweep.confirm.set = confirmed;
  if (sweep.finds_rates()) sweep.metric.name = suggested_rate;
  sweep.path = path;
  if (sweep.name.empty()) sweep.name = std::filesystem::path(path).stem().string();
  if (!config::is_folder_name(sweep.name)) {
    const Value* const name = ours.table()->find("name");
    problems.add(name ? name->spot() : Spot{path, 0, 0}, "the sweep's name is '" + sweep.name + "'",
                 "it becomes the name of a folder in runs/: it may hold no /, and may not begin "
                 "with . or -");
  }
  if (const Value* base = ours.table()->find("base"); base && base->text()) {
    sweep.base = config::path_from_here(*base->text(), base->spot());
    if (!files.exists(sweep.base)) {
      problems.add(base->spot(), "the experiment '" + sweep.base + "' does not exist",
                   "base is relative to the sweep file");
    }
  }
  check_rules(sweep, *written.table(), problems);
  if (!problems.empty()) throw WrongInput(problems);
  return sweep;
}

}  // namespace r50::sweep
