#include "plugin/host.h"

#include <absl/strings/str_join.h>

#include <algorithm>
#include <filesystem>

#include "base/clock.h"
#include "config/plugin_table.h"
#include "plugin/interfaces.h"
#include "plugin/library.h"
#include "plugin/stamp.h"

namespace r50::host {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void refuse(std::string what, std::string hint) {
  Problems problems;
  problems.add({}, std::move(what), std::move(hint));
  throw WrongInput(std::move(problems));
}

bool is_path(const std::string& use) {
  return use.find('/') != std::string::npos || use.ends_with(".so");
}

std::string titled(Kind kind, const std::string& name) {
  return std::string(kind_name(kind)) + " '" + name + "'";
}

// A path in an experiment file is relative to that file, so that it works from everywhere; one from
// the command line, and one that stands nowhere, to the current directory.
std::string resolved(const std::string& use, const Spot& spot) {
  if (!is_path(use) || fs::path(use).is_absolute() || !spot.known() || spot.line == 0) return use;
  return (fs::path(spot.file).parent_path() / use).string();
}

// The length of the run that a plugin of that kind serves; `facts` are those of its kind.
RunLength length_of(Kind kind, const void* facts) {
  if (!facts) return {};
  return visit_interface(kind, [facts](auto of) -> RunLength {
    using Facts = typename decltype(of)::type::Facts;
    if constexpr (std::is_base_of_v<RunFacts, Facts>) {
      return static_cast<const Facts*>(facts)->length;
    } else {
      return {};
    }
  });
}

}  // namespace

std::string LoadedPlugin::label() const {
  return titled(entry.kind, entry.name) + " (" + file + ")";
}

class Host::Spending {
 public:
  explicit Spending(Host& host) : host_(host), begin_(base::real_clock().seconds()) {
    ++host_.depth_;
  }
  ~Spending() {
    if (--host_.depth_ == 0) host_.seconds_ += base::real_clock().seconds() - begin_;
  }
  Spending(const Spending&) = delete;
  Spending& operator=(const Spending&) = delete;

 private:
  Host& host_;
  double begin_;
};

Host::Host(SearchPath path) : path_(std::move(path)) {}
Host::~Host() = default;

LoadedPlugin& Host::load_once(const std::string& file) {
  const Spending spending(*this);
  std::error_code missing;
  fs::path real = fs::canonical(file, missing);
  if (missing) real = fs::absolute(file, missing);
  std::unique_ptr<LoadedPlugin>& slot = files_[real.string()];
  if (!slot) {
    auto plugin = std::make_unique<LoadedPlugin>();
    plugin->file = fs::absolute(file, missing).lexically_normal().string();
    plugin->stamp = read_stamp(plugin->file);
    require_same_stamp(plugin->file, plugin->stamp, own_stamp());
    plugin->entry = load_library(plugin->file);
    plugin->entry.schema = guard(plugin->entry.schema, plugin->label());
    slot = std::move(plugin);
  }
  return *slot;
}

const LoadedPlugin& Host::load_file(const std::string& file) { return load_once(file); }

const LoadedPlugin& Host::load(Kind kind, const std::string& use) {
  if (is_path(use)) {
    const LoadedPlugin& plugin = load_once(use);
    if (plugin.entry.kind != kind) {
      refuse("the plugin file '" + plugin.file + "' holds the " +
                 titled(plugin.entry.kind, plugin.entry.name) + ", but " + a_plugin_of(kind) +
                 " is wanted here",
             "use it in a table for " + a_plugin_of(plugin.entry.kind));
    }
    return plugin;
  }
  std::vector<std::string> files = path_.find(kind, use);
  if (files.empty()) {
    Problem problem = unknown_plugin(path_, kind, use);
    refuse(std::move(problem.what), std::move(problem.hint));
  }
  LoadedPlugin& plugin = load_once(files.front());
  if (plugin.entry.kind != kind || plugin.entry.name != use) {
    refuse("the plugin file '" + files.front() + "' should hold the " + titled(kind, use) +
               ", as its name says, but registers the " +
               titled(plugin.entry.kind, plugin.entry.name),
           "name the file " + file_name(plugin.entry.kind, plugin.entry.name) +
               ", or correct R50_PLUGIN(...) at the end of its source");
  }
  plugin.shadowed.assign(files.begin() + 1, files.end());
  return plugin;
}

const LoadedPlugin* Host::find(Kind kind, const Value& table, Problems& problems) {
  const std::string kind_text(kind_name(kind));
  const Table* keys = table.table();
  if (!keys) {
    problems.add(table.spot(),
                 "here should stand a table that names " + a_plugin_of(kind) + ", not " +
                     std::string(table.type_name()),
                 "write { use = \"NAME\", ... }");
    return nullptr;
  }
  const Value* use = keys->find("use");
  if (!use || !use->text() || use->text()->empty()) {
    const std::string names = absl::StrJoin(known_names(path_, kind), ", ");
    problems.add(use ? use->spot() : table.spot(),
                 use ? "'use' must be the name of " + a_plugin_of(kind) + ", in quotes"
                     : "the key 'use', which names " + a_plugin_of(kind) + ", is missing",
                 names.empty() ? "write use = \"NAME\"" : kind_text + " plugins are: " + names);
    return nullptr;
  }
  try {
    return &load(kind, resolved(*use->text(), use->spot()));
  } catch (const WrongInput& error) {
    for (const Problem& problem : error.problems().list()) {
      problems.add(use->spot(), problem.what, problem.hint);
    }
    return nullptr;
  }
}

const AnySchema* Host::schema(Kind kind, const Value& table, Problems& problems) {
  const LoadedPlugin* plugin = find(kind, table, problems);
  return plugin ? plugin->entry.schema.get() : nullptr;
}

std::pair<std::shared_ptr<Plugin>, std::string> Host::build(Kind kind, const Value& table,
                                                            const void* facts) {
  const Spending spending(*this);
  Problems problems;
  const auto stop_if_wrong = [&problems] {
    if (!problems.empty()) throw WrongInput(problems);
  };
  const LoadedPlugin* plugin = find(kind, table, problems);
  stop_if_wrong();
  const std::string label = plugin->label();
  const RunLength length = length_of(kind, facts);
  // Rules that need the length of the run can only now be asked in full, and a constructor must not
  // see a config that breaks one.
  SchemaReader checker(SchemaReader::Mode::check, problems, *this, length, facts);
  {
    const InTable place(checker, kind_name(kind));
    plugin->entry.schema->check(config::without_host_keys(table), checker);
  }
  stop_if_wrong();

  SchemaReader reader(SchemaReader::Mode::build, problems, *this, length, facts);
  std::shared_ptr<Plugin> object;
  try {
    object = plugin->entry.build(table, reader, facts);
  } catch (const BadKey& error) {
    add_bad_key(error, table, titled(kind, plugin->entry.name), problems);
  } catch (const WrongInput&) {
    throw;  // of a plugin inside this one, and complete
  } catch (const PluginFailure&) {
    throw;
  } catch (...) {
    rethrow_from_plugin(label);
  }
  stop_if_wrong();
  return {std::move(object), label};
}

std::vector<const LoadedPlugin*> Host::loaded() const {
  std::vector<const LoadedPlugin*> all;
  for (const auto& [file, plugin] : files_) {
    if (plugin) all.push_back(plugin.get());
  }
  return all;
}

}  // namespace r50::host
