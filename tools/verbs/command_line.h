#pragma once

#include <string>
#include <vector>

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

// One row of the table that dispatch and help are made from.
struct Verb {
  std::string name;
  std::string arguments;             // "FILE.toml [key=value ...]"
  std::string does;                  // one sentence
  std::vector<std::string> options;  // the long options it takes, without dashes
  int (*run)(const CommandLine&);
};

const std::vector<Verb>& verbs();
const Verb* find_verb(const std::string& name);

// Throws WrongInput, with a near guess, for anything that is not understood.
CommandLine parse(int argc, const char* const* argv);

std::string help_text();                  // all verbs
std::string help_text(const Verb& verb);  // one, with its options

}  // namespace r50::cli
