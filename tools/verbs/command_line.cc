#include "verbs/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "r50/error.h"
#include "r50/suggest.h"

namespace r50::cli {
namespace {

struct Option {
  std::string name;   // without dashes
  std::string value;  // what stands after it; empty for a switch
  std::string does;
};

const std::vector<Option>& options() {
  static const std::vector<Option> table = {
      {"run-dir", "DIR", "use this folder for the run, not runs/NAME/ID"},
      {"continue", "DIR", "continue DIR's run under this, changed, file"},
      {"from", "CKPT", "continue from this older checkpoint; later rows are set aside"},
      {"branch", "CKPT", "start a new run from this checkpoint"},
      {"until", "WHEN", "pause there (\"3 epochs\", \"800 steps\", \"30%\"), save, exit 75"},
      {"fresh", "", "start another run (or sweep) of the same experiment"},
      {"device", "auto|cpu|cuda:N", "what to compute on"},
      {"detach", "", "go on in the background, without a terminal"},
      {"quiet", "", "say only what matters"},
      {"json", "", "tell it as JSON lines"},
      {"csv", "", "print every step as CSV, numbers exact"},
      {"batch", "", "read variants as JSON lines, answer each with a line, train nothing"},
      {"check", "FILE.so", "run the contract tests over one plugin file"},
      {"tune", "OUT.toml", "write the fastest way of each convolution there, to be extended from"},
      {"steps", "N", "how many steps to try"},
      {"help", "", "this text"},
  };
  return table;
}

std::string dashed(const Option& option) {
  return "--" + option.name + (option.value.empty() ? "" : " " + option.value);
}

bool is_file(const std::string& word) {
  return word.find('/') != std::string::npos ||
         (word.size() > 5 && word.compare(word.size() - 5, 5, ".toml") == 0);
}

void sort_words(const std::vector<std::string>& typed, CommandLine& line) {
  bool first = true;
  for (const std::string& word : typed) {
    const auto equals = word.find('=');
    if (first && !is_file(word) && equals == std::string::npos) {
      if (!find_verb(word)) {
        std::vector<std::string> names;
        for (const Verb& verb : verbs()) names.push_back(verb.name);
        throw WrongInput("r50run has no verb '" + word + "': " + near_guess(word, names, "verbs") +
                         " (an experiment file has a '/' in it or ends in .toml)");
      }
      line.verb = word;
    } else if (equals != std::string::npos && equals > 0 && word.find('/') > equals) {
      line.overrides.push_back(word);
    } else {
      line.words.push_back(word);
    }
    first = false;
  }
}

// An option that the verb does not have would be a silent no-op: refused instead.
void refuse_foreign_options(const CLI::App& app, const Verb& verb) {
  for (const Option& option : options()) {
    if (option.name == "help" || app.count("--" + option.name) == 0) continue;
    if (std::find(verb.options.begin(), verb.options.end(), option.name) == verb.options.end()) {
      throw WrongInput("r50run " + verb.name + " has no option --" + option.name + "; see r50run " +
                       verb.name + " --help");
    }
  }
}

}  // namespace

const Verb* find_verb(const std::string& name) {
  for (const Verb& verb : verbs()) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

CommandLine parse(int argc, const char* const* argv) {
  CommandLine line;
  std::vector<std::string> typed;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras(false);
  app.add_option("words", typed);
  app.add_option("--run-dir", line.run_dir);
  app.add_option("--continue", line.continue_dir);
  app.add_option("--from", line.from);
  app.add_option("--branch", line.branch);
  app.add_option("--until", line.until);
  app.add_option("--device", line.device);
  app.add_option("--check", line.check);
  app.add_option("--steps", line.steps);
  app.add_option("--tune", line.tune);
  app.add_flag("--fresh", line.fresh);
  app.add_flag("--detach", line.detach);
  app.add_flag("--quiet", line.quiet);
  app.add_flag("--json", line.json);
  app.add_flag("--csv", line.csv);
  app.add_flag("--batch", line.batch);
  app.add_flag("--help,-h", line.help);
  app.add_flag("--version", line.version);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError& error) {
    std::vector<std::string> names;
    for (const Option& option : options()) names.push_back("--" + option.name);
    const std::string extra = app.remaining().empty() ? error.what() : app.remaining().front();
    throw WrongInput("r50run does not know '" + extra +
                     "': " + near_guess(extra, names, "options"));
  } catch (const CLI::ParseError& error) {
    throw WrongInput(std::string("the command line is wrong: ") + error.what());
  }
  sort_words(typed, line);
  if (!line.help) refuse_foreign_options(app, *find_verb(line.verb));
  return line;
}

std::string help_text() {
  std::ostringstream out;
  out << "r50run [VERB] FILE.toml [key=value ...] [options]\n\n"
         "Trains what the experiment file describes; the same command again continues it.\n\n";
  for (const Verb& verb : verbs()) {
    out << "  " << verb.name << std::string(15 - verb.name.size(), ' ') << verb.does << "\n";
  }
  out << "\nr50run VERB --help tells a verb's options. Exit codes: 0 done, 1 failed, 2 wrong "
         "input,\n"
         "3 stopped by a rule, 75 interrupted and saved (run the same command again).\n";
  return out.str();
}

std::string help_text(const Verb& verb) {
  std::ostringstream out;
  out << "r50run " << (verb.name == "train" ? "[train]" : verb.name) << " " << verb.arguments
      << "\n\n"
      << verb.does << "\n";
  if (!verb.options.empty()) out << "\n";
  for (const Option& option : options()) {
    const bool has =
        std::find(verb.options.begin(), verb.options.end(), option.name) != verb.options.end();
    if (!has) continue;
    const std::string text = dashed(option);
    out << "  " << text << std::string(text.size() < 26 ? 26 - text.size() : 1, ' ') << option.does
        << "\n";
  }
  return out.str();
}

}  // namespace r50::cli
