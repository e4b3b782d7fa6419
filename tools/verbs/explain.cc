#include <iostream>

#include "assemble/opened.h"
#include "verbs/verbs.h"

namespace r50::cli {

int explain(const CommandLine& line) {
  assemble::Opened opened =
      assemble::open_experiment(base::real_files(), experiment_files(line), line.overrides);
  std::cout << config::explain(opened.experiment, *opened.host);
  // Which files the names stand for, and which others they hide.
  std::cout << "\n# Plugins\n";
  for (const host::LoadedPlugin* plugin : opened.host->loaded()) {
    std::cout << "#   " << kind_name(plugin->entry.kind) << " " << plugin->entry.name << ": "
              << plugin->file << "\n";
    for (const std::string& other : plugin->shadowed) {
      std::cout << "#     hides " << other << "\n";
    }
  }
  return 0;
}

}  // namespace r50::cli
