#include "sweep/show/readable.h"

#include <cmath>
#include <map>
#include <set>

#include "report/format.h"

namespace r50::sweep {
namespace {

bool is_fraction(const judge::Setting& setting) {
  return setting.number && std::isfinite(*setting.number) &&
         setting.text.find_first_of(".eE") != std::string::npos;
}

}  // namespace

void make_readable(judge::Table& table) {
  std::map<std::string, std::map<std::string, double>> numbers;  // of a parameter, by short text
  std::set<std::string> alike;
  for (const judge::Trial& trial : table.trials) {
    for (const judge::Setting& setting : trial.point) {
      const std::string text = is_fraction(setting) ? report::brief(*setting.number) : setting.text;
      const double number = setting.number.value_or(0);
      const auto [known, is_new] = numbers[setting.name].try_emplace(text, number);
      if (!is_new && known->second != number) alike.insert(setting.name);
    }
  }
  for (judge::Trial& trial : table.trials) {
    for (judge::Setting& setting : trial.point) {
      if (!is_fraction(setting) || alike.count(setting.name) > 0) continue;
      setting.text = report::brief(*setting.number);
    }
  }
}

}  // namespace r50::sweep
