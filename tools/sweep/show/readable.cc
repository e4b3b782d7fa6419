#include "sweep/show/readable.h"

#include <array>
#include <charconv>
#include <cmath>
#include <map>

namespace r50::sweep {
namespace {

bool is_fraction(const judge::Setting& setting) {
  return setting.number && std::isfinite(*setting.number) &&
         setting.text.find_first_of(".eE") != std::string::npos;
}

std::string with_digits(const judge::Setting& setting, int digits) {
  if (!is_fraction(setting)) return setting.text;
  std::array<char, 40> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), *setting.number,
                                 std::chars_format::general, digits);
  return {text.data(), end.ptr};
}

using Mentions = std::vector<judge::Setting*>;

bool stay_different(const Mentions& settings, int digits) {
  std::map<std::string, double> numbers;
  for (const judge::Setting* setting : settings) {
    const double number = setting->number.value_or(0);
    const auto [known, is_new] = numbers.try_emplace(with_digits(*setting, digits), number);
    if (!is_new && known->second != number) return false;
  }
  return true;
}

}  // namespace

void make_readable(judge::Table& table) {
  std::map<std::string, Mentions> by_name;
  for (judge::Trial& trial : table.trials) {
    for (judge::Setting& setting : trial.point) by_name[setting.name].push_back(&setting);
  }
  for (const auto& [name, settings] : by_name) {
    for (const int digits : {4, 6, 8, 10}) {
      if (!stay_different(settings, digits)) continue;
      for (judge::Setting* setting : settings) setting->text = with_digits(*setting, digits);
      break;
    }
  }
}

}  // namespace r50::sweep
