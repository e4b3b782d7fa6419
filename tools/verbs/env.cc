#include <iostream>

#include "run/machine.h"
#include "verbs/verbs.h"

namespace r50::cli {

int env(const CommandLine& line) {
  const run::Machine machine = run::choose_machine(line.device, config::RunTable{});
  run::apply(machine);
  std::cout << "r50        " R50_VERSION "\n";
  for (const std::string& text : run::describe(machine)) std::cout << text << "\n";
  return 0;
}

}  // namespace r50::cli
