#include <iostream>

#include "plugins_verb.h"
#include "r50/error.h"
#include "verbs/verbs.h"

namespace r50::cli {

int plugins(const CommandLine& line) {
  host::Host host(host::SearchPath::standard({}));
  if (!line.check.empty()) {
    return tools::check_plugin_file(host, line.check, line.overrides, std::cout);
  }
  if (line.words.empty()) return tools::list_plugins(host, std::cout);
  if (line.words.size() > 1) throw WrongInput("r50run plugins takes one name");
  return tools::describe_plugin(host, line.words.front(), std::cout);
}

}  // namespace r50::cli
