#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "r50/plugin.h"

namespace r50::host {

// "r50_scheduler_cosine.so", and back; none for files that are not called like a plugin.
std::string file_name(Kind kind, const std::string& name);
std::optional<std::pair<Kind, std::string>> kind_and_name(const std::string& file);

// Where plugins are looked for: [plugins] path, R50_PLUGIN_PATH, the build tree beside the program,
// <libdir>/r50/plugins. Never the current directory.
class SearchPath {
 public:
  SearchPath() = default;
  explicit SearchPath(std::vector<std::string> folders) : folders_(std::move(folders)) {}
  static SearchPath standard(const std::vector<std::string>& first);

  const std::vector<std::string>& folders() const { return folders_; }
  // All files of that name, the one that counts first.
  std::vector<std::string> find(Kind kind, const std::string& name) const;
  // (kind, name, file) of everything that looks like a plugin by its file name.
  struct Found {
    Kind kind{};
    std::string name;
    std::string file;
  };
  std::vector<Found> all() const;

 private:
  std::vector<std::string> folders_;
};

// "a scheduler plugin", "an averaging plugin"
std::string a_plugin_of(Kind kind);

// Names of all plugins of a kind on the search path, sorted, each once.
std::vector<std::string> known_names(const SearchPath& path, Kind kind);

// What to say to a user who names a plugin that is in no folder of the search path.
Problem unknown_plugin(const SearchPath& path, Kind kind, const std::string& name);

}  // namespace r50::host
