#include "verbs/command_line.h"

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

}  // namespace r50::cli
