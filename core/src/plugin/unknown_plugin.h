#pragma once

#include <string>
#include <vector>

#include "plugin/search_path.h"
#include "r50/error.h"

namespace r50::host {

// "a scheduler plugin", "an averaging plugin"
std::string a_plugin_of(Kind kind);

// Names of all plugins of a kind on the search path, sorted, each once.
std::vector<std::string> known_names(const SearchPath& path, Kind kind);

// What to say to a user who names a plugin that is in no folder of the search path.
Problem unknown_plugin(const SearchPath& path, Kind kind, const std::string& name);

}  // namespace r50::host
