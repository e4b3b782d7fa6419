#include "plugin/search_path.h"

#include <absl/strings/str_join.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include "r50/suggest.h"

namespace r50::host {

namespace {

std::string folders_searched(const SearchPath& path) {
  std::vector<std::string> folders;
  for (const std::string& folder : path.folders()) {
    std::error_code ignored;
    const bool there = std::filesystem::is_directory(folder, ignored);
    folders.push_back("'" + folder + "'" + (there ? "" : " (no such folder)"));
  }
  return folders.empty() ? "no folder, for none is named" : absl::StrJoin(folders, ", ");
}

std::optional<Kind> kind_that_has(const SearchPath& path, const std::string& name) {
  for (const Kind kind : kinds) {
    if (!path.find(kind, name).empty()) return kind;
  }
  return std::nullopt;
}

}  // namespace

std::string a_plugin_of(Kind kind) {
  const std::string name(kind_name(kind));
  const bool vowel = name.find_first_of("aeiou") == 0;
  return (vowel ? "an " : "a ") + name + " plugin";
}

std::vector<std::string> known_names(const SearchPath& path, Kind kind) {
  std::set<std::string> names;
  for (const SearchPath::Found& found : path.all()) {
    if (found.kind == kind) names.insert(found.name);
  }
  return {names.begin(), names.end()};
}

Problem unknown_plugin(const SearchPath& path, Kind kind, const std::string& name) {
  const std::string kind_text(kind_name(kind));
  Problem problem;
  problem.what = "there is no " + kind_text + " plugin '" + name + "'";
  const std::vector<std::string> known = known_names(path, kind);
  // The very name in another kind says more than a similar one in this kind.
  if (const auto other = kind_that_has(path, name)) {
    problem.what += "; '" + name + "' is " + a_plugin_of(*other);
    problem.hint = known.empty() ? "" : kind_text + " plugins are: " + absl::StrJoin(known, ", ");
  } else if (const auto near = nearest(name, known)) {
    problem.hint = "did you mean '" + *near + "'?";
  } else if (known.empty()) {
    problem.hint = "no " + kind_text + " plugin at all was found; looked in " +
                   folders_searched(path) +
                   ". Other folders can be named by [plugins] path or R50_PLUGIN_PATH";
  } else {
    problem.hint = kind_text + " plugins are: " + absl::StrJoin(known, ", ") + "; looked for " +
                   file_name(kind, name) + " in " + folders_searched(path);
  }
  return problem;
}

}  // namespace r50::host
