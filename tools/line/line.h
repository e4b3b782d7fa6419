#pragma once

// The command lines of r50run and r50sweep: one table of verbs and options each, from which
// parsing, refusals and help are made.

#include <map>
#include <string>
#include <vector>

namespace r50::line {

struct Option {
  std::string name;   // without dashes
  std::string value;  // what stands after it; empty for a switch
  std::string does;
};

struct Verb {
  std::string name;
  std::string arguments;  // "FILE.toml [key=value ...]"
  std::string does;       // one sentence
  std::vector<std::string> options;
};

struct Program {
  std::string name, usage, about, end;  // what help says before and after the verbs
  std::string file;                     // "an experiment file": what starts the first verb
  bool overrides = false;               // takes key=value
  std::vector<Verb> verbs;              // the first is meant if none is typed
  std::vector<Option> options;

  const Verb* find(const std::string& verb) const;
};

// What the user typed, sorted into its parts.
struct Typed {
  std::string verb;
  std::vector<std::string> words;      // files, names: what the verb works on
  std::vector<std::string> overrides;  // key=value
  std::map<std::string, std::string> given;
  bool help = false, version = false;

  bool has(const std::string& option) const { return given.count(option) > 0; }
  std::string text(const std::string& option, const std::string& otherwise = "") const;
  // `otherwise` if it was not given. Throws WrongInput for less than `least` or no number.
  int number(const std::string& option, int otherwise, int least) const;
};

// Throws WrongInput, with a near guess, for anything that is not understood.
Typed parse(const Program& program, int argc, const char* const* argv);

std::string help(const Program& program);                    // all verbs
std::string help(const Program& program, const Verb& verb);  // one, with its options

}  // namespace r50::line
