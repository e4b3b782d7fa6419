#pragma once

// What `r50run plugins` shows.

#include <iosfwd>
#include <string>
#include <vector>

#include "plugin/host.h"

namespace r50::tools {

// All plugins on the search path with their first sentence and file; broken ones with the reason.
int list_plugins(host::Host& host, std::ostream& out);

// The keys of all plugins of that name, of whatever kind: `ema`, `scheduler/cosine`, or a file.
// Throws WrongInput, with a near guess, if there is none.
int describe_plugin(host::Host& host, const std::string& name, std::ostream& out);

// Looks at every promise a plugin makes. `values` are key=value words for keys that have no
// default. 0 if all are kept, 1 if not.
int check_plugin_file(host::Host& host, const std::string& file,
                      const std::vector<std::string>& values, std::ostream& out);

}  // namespace r50::tools
