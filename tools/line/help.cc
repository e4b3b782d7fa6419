#include <algorithm>
#include <sstream>

#include "line/line.h"

namespace r50::line {
namespace {

// Two columns, the second where the widest of the first ends.
std::string columns(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t width = 0;
  for (const auto& [left, right] : rows) width = std::max(width, left.size());
  std::ostringstream out;
  for (const auto& [left, right] : rows) {
    out << "  " << left << std::string(width + 2 - left.size(), ' ') << right << "\n";
  }
  return out.str();
}

}  // namespace

std::string help(const Program& program) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Verb& verb : program.verbs) rows.emplace_back(verb.name, verb.does);
  return program.name + " [VERB] " + program.usage + " [options]\n\n" + program.about + "\n\n" +
         columns(rows) + "\n" + program.name + " VERB --help shows a verb's options. " +
         program.end + "\n";
}

std::string help(const Program& program, const Verb& verb) {
  const bool first = verb.name == program.verbs.front().name;
  std::string text = program.name + " " + (first ? "[" + verb.name + "]" : verb.name) + " " +
                     verb.arguments + "\n\n" + verb.does + "\n";
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Option& option : program.options) {
    if (std::find(verb.options.begin(), verb.options.end(), option.name) == verb.options.end()) {
      continue;
    }
    rows.emplace_back("--" + option.name + (option.value.empty() ? "" : " " + option.value),
                      option.does);
  }
  rows.emplace_back("--help", "this text");
  return text + "\n" + columns(rows);
}

}  // namespace r50::line
