#include <iostream>

#include "verbs/verbs.h"

namespace r50::cli {

const line::Verb* find_verb(const std::string& name) { return program().find(name); }

CommandLine parse(int argc, const char* const* argv) {
  const line::Typed typed = line::parse(program(), argc, argv);
  CommandLine result;
  result.verb = typed.verb;
  result.words = typed.words;
  result.overrides = typed.overrides;
  result.run_dir = typed.text("run-dir");
  result.continue_dir = typed.text("continue");
  result.from = typed.text("from");
  result.branch = typed.text("branch");
  result.until = typed.text("until");
  result.check = typed.text("check");
  result.tune = typed.text("tune");
  result.device = typed.text("device", "auto");
  result.steps = typed.number("steps", 0, 1);
  result.fresh = typed.has("fresh");
  result.detach = typed.has("detach");
  result.quiet = typed.has("quiet");
  result.json = typed.has("json");
  result.csv = typed.has("csv");
  result.batch = typed.has("batch");
  result.help = typed.help;
  result.version = typed.version;
  return result;
}

const std::vector<std::string>& experiment_files(const CommandLine& line) {
  if (line.words.empty()) {
    throw WrongInput("r50run " + line.verb + " needs an experiment file: r50run " + line.verb +
                     " " + find_verb(line.verb)->arguments);
  }
  return line.words;
}

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
