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
};

// Finds, checks, loads and builds plugins. Opens only what it is asked for.
class Host final : public PluginSource {
 public:
  explicit Host(SearchPath path);
  ~Host() override;

  // By `use`: a name or a path to a .so. Throws WrongInput with the whole story.
  const LoadedPlugin& load(Kind kind, const std::string& use);
  // A file by itself, whatever its kind (`plugins --check FILE.so`).
  const LoadedPlugin& load_file(const std::string& file);

  const AnySchema* schema(Kind kind, const Value& table, Problems& problems) override;
  std::pair<std::shared_ptr<Plugin>, std::string> build(Kind kind, const Value& table,
                                                        const void* facts) override;

  // Builds a checked table. A BadKey becomes a WrongInput with the key's place.
  template <class Interface>
  Held<Interface> make(const Value& table, const typename Interface::Facts& facts) {
    auto [object, label] = build(Interface::kind, table, &facts);
    return {std::dynamic_pointer_cast<Interface>(object), label};
  }

  const SearchPath& search_path() const { return path_; }
  std::vector<const LoadedPlugin*> loaded() const;

 private:
  SearchPath path_;
  std::map<std::pair<Kind, std::string>, std::unique_ptr<LoadedPlugin>> loaded_;
};

}  // namespace r50::host
