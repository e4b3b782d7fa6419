#include "verbs/prepared.h"

#include <iostream>

#include "verbs/verbs.h"

namespace r50::cli {

Prepared prepare(const CommandLine& line) {
  Prepared made{
      assemble::open_experiment(base::real_files(), experiment_files(line), line.overrides), {}};
  const config::Experiment& experiment = made.opened.experiment;
  made.machine = machine::choose_machine(line.device, experiment.run, experiment.data.threads);
  machine::apply(made.machine);
  std::ostream& people = line.json ? std::cerr : std::cout;
  for (const std::string& text : machine::describe(made.machine)) people << text << "\n";
  if (!experiment.left_out.empty()) people << experiment.left_out << "\n";
  return made;
}

}  // namespace r50::cli
