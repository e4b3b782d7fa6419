#include "verbs/verbs.h"

#include "r50/error.h"

namespace r50::cli {

namespace {

constexpr const char* experiment_words = "FILE.toml [FURTHER.toml ...] [key=value ...]";

struct VerbRow {
  line::Verb verb;
  int (*run)(const CommandLine&);
};

const std::vector<VerbRow>& rows() {
  static const std::vector<VerbRow> table = {
      {{"train",
        experiment_words,
        "Trains the experiment, or resumes it from its last checkpoint.",
        {"run-dir", "continue", "from", "branch", "until", "fresh", "device", "detach", "quiet",
         "json"}},
       train},
      {{"explain",
        experiment_words,
        "Prints the resolved experiment: each value with its meaning, range and origin.",
        {}},
       explain},
      {{"check",
        experiment_words,
        "Tests data, memory and speed for a minute, and estimates time and disk of the run.",
        {"device", "batch", "json"}},
       check},
      {{"schedule",
        experiment_words,
        "Prints learning rate, momentum and image size over the steps, without training.",
        {"csv"}},
       schedule},
      {{"find-lr",
        experiment_words,
        "Trains a few steps at growing learning rates, and suggests one for a run.",
        {"run-dir", "fresh", "device", "quiet", "json"}},
       find_lr},
      {{"verify-resume",
        experiment_words,
        "Pauses, kills and resumes a short part of the run, and compares every byte.",
        {"steps", "device"}},
       verify_resume},
      {{"profile",
        experiment_words,
        "Shows where the time of a step goes, layer by layer.",
        {"tune", "device"}},
       profile},
      {{"inspect", "CKPT", "Shows what a checkpoint file holds.", {"json"}}, inspect},
      {{"plugins",
        "[NAME]",
        "Lists all plugins; with a name, its keys; with --check, tests a plugin file.",
        {"check"}},
       plugins},
      {{"env",
        "",
        "Shows the machine, libtorch, threads and precision that a run would use here.",
        {"device", "json"}},
       env},
  };
  return table;
}

std::vector<line::Option> options() {
  return {
      {"run-dir", "DIR", "use this folder for the run, not runs/NAME/ID"},
      {"continue", "DIR", "resume DIR's run with this changed file"},
      {"from", "CKPT", "resume from this older checkpoint; later rows are set aside"},
      {"branch", "CKPT", "start a new run from this checkpoint"},
      {"until", "WHEN", "pause there (\"3 epochs\", \"800 steps\", \"30%\"), save, exit 75"},
      {"fresh", "", "start another run (or sweep) of the same experiment"},
      {"device", "auto|cpu|cuda:N", "what to compute on"},
      {"detach", "", "run in the background, without a terminal"},
      {"quiet", "", "print nothing but errors"},
      {"json", "", "print JSON lines"},
      {"csv", "", "print every step as CSV, with exact numbers"},
      {"batch", "", "read variants as JSON lines, answer each with a line, train nothing"},
      {"check", "FILE.so", "run the contract tests over one plugin file"},
      {"tune", "OUT.toml", "write the fastest path of each convolution there, for `extends`"},
      {"steps", "N", "number of steps to test"},
  };
}

}  // namespace

const line::Program& program() {
  static const line::Program made = [] {
    line::Program all{
        .name = "r50run",
        .usage = experiment_words,
        .about = "Trains what the experiment file describes; the same command again resumes it.",
        .end =
            "Exit codes: 0 done, 1 failed, 2 wrong input,\n3 stopped by a rule, 75 interrupted and "
            "saved (run the same command again).",
        .file = "an experiment file",
        .overrides = true,
        .verbs = {},
        .options = options()};
    for (const VerbRow& row : rows()) all.verbs.push_back(row.verb);
    return all;
  }();
  return made;
}

int run(const CommandLine& line) {
  for (const VerbRow& row : rows()) {
    if (row.verb.name == line.verb) return row.run(line);
  }
  throw Error("r50run has no verb '" + line.verb + "'.");
}

}  // namespace r50::cli
