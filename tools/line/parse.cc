#include <absl/strings/str_format.h>
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "line/line.h"
#include "r50/error.h"
#include "r50/suggest.h"

namespace r50::line {
namespace {

bool is_file(const std::string& word) {
  return word.find('/') != std::string::npos ||
         (word.size() > 5 && word.compare(word.size() - 5, 5, ".toml") == 0);
}

void take_verb(const Program& program, const std::string& word, Typed& typed) {
  if (!program.find(word)) {
    std::vector<std::string> names;
    for (const Verb& verb : program.verbs) names.push_back(verb.name);
    throw WrongInput(program.name + " has no verb '" + word +
                     "': " + near_guess(word, names, "verbs") + " (" + program.file +
                     " has a '/' in it or ends in .toml)");
  }
  typed.verb = word;
}

void sort_words(const Program& program, const std::vector<std::string>& words, Typed& typed) {
  typed.verb = program.verbs.front().name;
  bool first = true;
  for (const std::string& word : words) {
    const auto equals = program.overrides ? word.find('=') : std::string::npos;
    if (first && !is_file(word) && equals == std::string::npos) {
      take_verb(program, word, typed);
    } else if (equals != std::string::npos && equals > 0 && word.find('/') > equals) {
      typed.overrides.push_back(word);
    } else {
      typed.words.push_back(word);
    }
    first = false;
  }
}

// An option that the verb does not have would be a silent no-op: refused instead.
void refuse_foreign_options(const Program& program, const Typed& typed) {
  const auto& known = program.find(typed.verb)->options;
  for (const auto& [name, value] : typed.given) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw WrongInput(program.name + " " + typed.verb + " has no option --" + name + "; see " +
                     program.name + " " + typed.verb + " --help");
  }
}

}  // namespace

const Verb* Program::find(const std::string& verb) const {
  const auto found =
      std::find_if(verbs.begin(), verbs.end(), [&](const Verb& one) { return one.name == verb; });
  return found == verbs.end() ? nullptr : &*found;
}

std::string Typed::text(const std::string& option, const std::string& otherwise) const {
  const auto found = given.find(option);
  return found == given.end() ? otherwise : found->second;
}

int Typed::number(const std::string& option, int otherwise, int least) const {
  const auto found = given.find(option);
  if (found == given.end()) return otherwise;
  const std::string& text = found->second;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least) {
    throw WrongInput(absl::StrFormat("--%s is '%s'; it must be a whole number, %d or more", option,
                                     text, least));
  }
  return number;
}

Typed parse(const Program& program, int argc, const char* const* argv) {
  Typed typed;
  std::vector<std::string> words;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras(false);
  app.add_option("words", words);
  app.add_flag("--help,-h", typed.help);
  app.add_flag("--version", typed.version);
  std::map<std::string, std::string> texts;
  for (const Option& option : program.options) {
    if (option.value.empty()) {
      app.add_flag("--" + option.name);
    } else {
      app.add_option("--" + option.name, texts[option.name]);
    }
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError& error) {
    std::vector<std::string> names = {"--help", "--version"};
    for (const Option& option : program.options) names.push_back("--" + option.name);
    const std::string extra = app.remaining().empty() ? error.what() : app.remaining().front();
    throw WrongInput(program.name + " does not know '" + extra +
                     "': " + near_guess(extra, names, "options"));
  } catch (const CLI::ParseError& error) {
    throw WrongInput(std::string("the command line is wrong: ") + error.what());
  }
  for (const Option& option : program.options) {
    if (app.count("--" + option.name) > 0) typed.given[option.name] = texts[option.name];
  }
  sort_words(program, words, typed);
  if (!typed.help) refuse_foreign_options(program, typed);
  return typed;
}

}  // namespace r50::line
