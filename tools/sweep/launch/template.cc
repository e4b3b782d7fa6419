#include "sweep/launch/command.h"

#include <algorithm>
#include <functional>

#include "r50/suggest.h"
#include "sweep/launch/keeper.h"

namespace r50::sweep {
namespace {

struct Place {
  std::size_t from = 0, to = 0;  // of the line, braces included
  std::string name;
  bool quoted = false;  // stands between quotes
};

// {word} of lower-case letters, wherever it is not the shell's own ${word}.
std::vector<Place> places_of(const std::string& line) {
  std::vector<Place> places;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char letter = line[i];
    if (letter == '\\' && quote != '\'') {
      ++i;
    } else if (quote == 0 ? letter == '\'' || letter == '"' : letter == quote) {
      quote = quote == 0 ? letter : 0;
    } else if (letter == '{' && (i == 0 || line[i - 1] != '$')) {
      const std::size_t end =
          std::min(line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", i + 1), line.size());
      if (end > i + 1 && end < line.size() && line[end] == '}') {
        places.push_back({i, end + 1, line.substr(i + 1, end - i - 1), quote != 0});
        i = end;
      }
    }
  }
  return places;
}

}  // namespace

std::string template_fault(const std::string& line, const std::vector<std::string>& known) {
  for (const Place& place : places_of(line)) {
    const bool is_known = std::find(known.begin(), known.end(), place.name) != known.end();
    if (place.quoted && is_known) {
      return "{" + place.name +
             "} stands between quotes; its value is quoted already: take them away";
    }
    if (!place.quoted && !is_known) {
      return "there is no {" + place.name + "} here: " + near_guess(place.name, known, "places");
    }
  }
  return "";
}

std::string fill_template(const std::string& line,
                          const std::map<std::string, std::string>& values) {
  std::string text;
  std::size_t from = 0;
  for (const Place& place : places_of(line)) {
    const auto value = values.find(place.name);
    if (value == values.end() || place.quoted) continue;
    text += line.substr(from, place.from - from) + shell_word(value->second);
    from = place.to;
  }
  return text + line.substr(from);
}

}  // namespace r50::sweep
