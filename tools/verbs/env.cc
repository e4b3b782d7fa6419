#include <iostream>
#include <nlohmann/json.hpp>

#include "base/process.h"
#include "machine/machine.h"
#include "verbs/verbs.h"

namespace r50::cli {
namespace {

// For programs that want to know what their runs would get here, as r50sweep does.
void print_json(const machine::Machine& machine) {
  const nlohmann::ordered_json json = {
      {"r50", R50_VERSION},
      {"libtorch", machine.libtorch},
      {"device", machine.device},
      {"gpus", machine.device == "cpu" ? std::vector<std::string>() : base::gpu_names()},
      {"cpu", machine.cpu},
      {"instructions", machine.instructions},
      {"cores", machine.cores},
      {"memory", machine.memory},
      {"compute_threads", machine.compute_threads},
      {"precision", machine::precision_name(machine.precision)}};
  std::cout << json.dump(2) << "\n";
}

}  // namespace

int env(const CommandLine& line) {
  const machine::Machine machine = machine::choose_machine(line.device, config::RunTable{});
  machine::apply(machine);
  if (line.json) {
    print_json(machine);
    return 0;
  }
  std::cout << "r50        " R50_VERSION "\n";
  for (const std::string& text : machine::describe(machine)) std::cout << text << "\n";
  return 0;
}

}  // namespace r50::cli
