#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugin/search_path.h"
#include "r50/plugin.h"

namespace r50::host {

// A plugin as found and loaded.
struct LoadedPlugin {
  PluginEntry entry;
  std::string file;
  std::vector<std::string> shadowed;  // other files of that name, further down the search path
  std::string stamp;

  std::string label() const;  // "scheduler 'cosine' (/usr/lib/r50/plugins/r50_scheduler_cosine.so)"
};

// Finds, checks, loads and builds plugins. Opens only what it is asked for. [one thread]
class Host final : public PluginSource {
 public:
  explicit Host(SearchPath path);
  ~Host() override;

  // By `use`: a name or a path to a .so. Throws WrongInput with the whole story.
  const LoadedPlugin& load(Kind kind, const std::string& use);
  // A file by itself, whatever its kind (`plugins --check FILE.so`).
  const LoadedPlugin& load_file(const std::string& file);
  // What `use` in a plugin's table names; a relative path is relative to the file that says it.
  const LoadedPlugin* find(Kind kind, const Value& table, Problems& problems);

  const AnySchema* schema(Kind kind, const Value& table, Problems& problems) override;
  std::pair<std::shared_ptr<Plugin>, std::string> build(Kind kind, const Value& table,
                                                        const void* facts) override;

  // Builds a checked table. A BadKey becomes a WrongInput with the key's place.
  template <class Interface>
  Held<Interface> make(const Value& table, const typename Interface::Facts& facts) {
    auto [object, label] = build(Interface::kind, table, &facts);
    return {std::dynamic_pointer_cast<Interface>(object), label};
  }

  double seconds() const { return seconds_; }  // spent in loading and building so far

  const SearchPath& search_path() const { return path_; }
  std::vector<const LoadedPlugin*> loaded() const;  // by file

 private:
  class Spending;
  LoadedPlugin& load_once(const std::string& file);

  double seconds_ = 0;
  int depth_ = 0;  // building one plugin may build others
  SearchPath path_;
  // By canonical path: a file that is reached by two ways is one plugin.
  std::map<std::string, std::unique_ptr<LoadedPlugin>> files_;
};

}  // namespace r50::host
