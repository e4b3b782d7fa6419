#include "sweep/verbs.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "r50/error.h"
#include "r50/suggest.h"

namespace r50::sweep {
namespace {

struct SweepOption {
  std::string name, value, does;
};

const std::vector<SweepOption>& sweep_options() {
  static const std::vector<SweepOption> table = {
      {"slots", "N", "so many trials at a time on this machine"},
      {"take-over", "", "take trials that another machine was running for ended"},
      {"json", "", "as JSON"},
      {"csv", "", "a row a trial, numbers exact"},
      {"help", "", "this text"},
  };
  return table;
}

const SweepVerb* find_sweep_verb(const std::string& name) {
  for (const SweepVerb& verb : sweep_verbs()) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

void sort_sweep_words(const std::vector<std::string>& typed, SweepLine& line) {
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const std::string& word = typed[i];
    const bool file = word.find('/') != std::string::npos ||
                      (word.size() > 5 && word.compare(word.size() - 5, 5, ".toml") == 0);
    if (i > 0 || file) {
      line.words.push_back(word);
      continue;
    }
    if (!find_sweep_verb(word)) {
      std::vector<std::string> names;
      for (const SweepVerb& verb : sweep_verbs()) names.push_back(verb.name);
      throw WrongInput("r50sweep has no verb '" + word + "': " + near_guess(word, names, "verbs") +
                       " (a sweep file has a '/' in it or ends in .toml)");
    }
    line.verb = word;
  }
}

}  // namespace

const std::vector<SweepVerb>& sweep_verbs() {
  static const std::vector<SweepVerb> table = {
      {"run",
       "FILE.toml",
       "Runs the sweep, or goes on with it where it stands.",
       {"slots", "take-over"},
       run_sweep},
      {"plan", "FILE.toml", "Shows every trial, checked, before the first is run.", {}, plan_sweep},
      {"status", "FILE.toml", "Shows what the trials are doing.", {"json"}, show_status},
      {"report",
       "FILE.toml",
       "Says which points are best, and which differences are real.",
       {"csv"},
       report_sweep},
      {"best",
       "FILE.toml",
       "Prints the best trial's experiment, to be saved as a file.",
       {},
       print_best},
      {"stop", "FILE.toml", "Lets all trials finish their step, save and leave.", {}, stop_sweep},
      {"retry", "FILE.toml", "Lets the failed trials be run again.", {}, retry_failed},
      {"logs", "FILE.toml TRIAL", "Shows the end of what a trial said.", {}, show_logs},
  };
  return table;
}

SweepLine parse_sweep_line(int argc, const char* const* argv) {
  SweepLine line;
  std::vector<std::string> typed;
  CLI::App app;
  app.set_help_flag();
  app.add_option("words", typed);
  const auto* slots = app.add_option("--slots", line.slots);
  app.add_flag("--take-over", line.take_over);
  app.add_flag("--json", line.json);
  app.add_flag("--csv", line.csv);
  app.add_flag("--help,-h", line.help);
  app.add_flag("--version", line.version);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    std::vector<std::string> names;
    for (const SweepOption& option : sweep_options()) names.push_back("--" + option.name);
    const std::string extra = app.remaining().empty() ? "that" : app.remaining().front();
    throw WrongInput("r50sweep does not know '" + extra +
                     "': " + near_guess(extra, names, "options"));
  } catch (const CLI::ParseError& error) {
    throw WrongInput(std::string("the command line is wrong: ") + error.what());
  }
  if (slots->count() > 0 && line.slots < 1) {
    throw WrongInput("--slots is " + std::to_string(line.slots) + "; at least one is needed");
  }
  sort_sweep_words(typed, line);
  if (line.help) return line;
  const SweepVerb& verb = *find_sweep_verb(line.verb);
  for (const SweepOption& option : sweep_options()) {
    if (option.name == "help" || app.count("--" + option.name) == 0) continue;
    if (std::find(verb.options.begin(), verb.options.end(), option.name) == verb.options.end()) {
      throw WrongInput("r50sweep " + verb.name + " has no option --" + option.name +
                       "; see r50sweep " + verb.name + " --help");
    }
  }
  const std::size_t wanted = verb.name == "logs" ? 2 : 1;
  if (!line.version && line.words.size() != wanted) {
    throw WrongInput("write: r50sweep " + verb.name + " " + verb.arguments);
  }
  return line;
}

std::string sweep_help() {
  std::ostringstream out;
  out << "r50sweep [VERB] FILE.toml [options]\n\n"
         "Runs many variants of one experiment, and says which differences are real. The same\n"
         "command again goes on where it was ended.\n\n";
  for (const SweepVerb& verb : sweep_verbs()) {
    out << "  " << verb.name << std::string(9 - verb.name.size(), ' ') << verb.does << "\n";
  }
  out << "\nr50sweep VERB --help tells a verb's options. Exit codes: 0 done, 1 failed, 2 wrong\n"
         "input, 75 interrupted (run the same command again).\n";
  return out.str();
}

std::string sweep_help(const SweepVerb& verb) {
  std::ostringstream out;
  out << "r50sweep " << (verb.name == "run" ? "[run]" : verb.name) << " " << verb.arguments
      << "\n\n"
      << verb.does << "\n";
  for (const SweepOption& option : sweep_options()) {
    const bool has =
        std::find(verb.options.begin(), verb.options.end(), option.name) != verb.options.end();
    if (!has) continue;
    const std::string word = "--" + option.name + (option.value.empty() ? "" : " " + option.value);
    out << "\n  " << word << std::string(14 - word.size(), ' ') << option.does;
  }
  return out.str() + (verb.options.empty() ? "" : "\n");
}

}  // namespace r50::sweep
