#pragma once

#include <string>
#include <vector>

#include "line/line.h"

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

}  // namespace r50::cli
