#pragma once

// What the user typed, and the verbs' functions, one file each. They return exit codes and throw
// r50::Error.

#include <string>
#include <vector>

#include "assemble/opened.h"
#include "line/line.h"
#include "machine/machine.h"

namespace r50::cli {

// What the user typed, sorted into its parts.
struct CommandLine {
  std::string verb = "train";
  std::vector<std::string> words;      // files, names: what the verb works on
  std::vector<std::string> overrides;  // key=value

  std::string run_dir, continue_dir, from, branch, until, check, tune;
  std::string device = "auto";
  int steps = 0;
  bool fresh = false;
  bool detach = false;
  bool quiet = false;
  bool json = false;
  bool csv = false;
  bool batch = false;
  bool help = false;
  bool version = false;
};

const line::Program& program();
const line::Verb* find_verb(const std::string& name);

// Throws WrongInput, with a near guess, for anything that is not understood.
CommandLine parse(int argc, const char* const* argv);

int run(const CommandLine& line);

int train(const CommandLine& line);
int explain(const CommandLine& line);
int check(const CommandLine& line);
int schedule(const CommandLine& line);
int find_lr(const CommandLine& line);
int verify_resume(const CommandLine& line);
int profile(const CommandLine& line);
int inspect(const CommandLine& line);
int plugins(const CommandLine& line);
int env(const CommandLine& line);

// The experiment a verb works on: its file, and those that are put over it. Throws WrongInput if
// there is none.
const std::vector<std::string>& experiment_files(const CommandLine& line);

// For verbs that try an experiment without training it: the experiment opened, the machine set up
// for it and printed.
struct Prepared {
  assemble::Opened opened;
  machine::Machine machine;
};
Prepared prepare(const CommandLine& line);

}  // namespace r50::cli
