#include "sweep/show/readable.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace r50::sweep {
namespace {

std::optional<double> fraction(const std::string& text) {
  if (text.find_first_of(".eE") == std::string::npos) return std::nullopt;
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::string with_digits(const std::string& text, int digits) {
  const std::optional<double> number = fraction(text);
  if (!number) return text;
  std::array<char, 40> shorter;
  const auto end = std::to_chars(shorter.data(), shorter.data() + shorter.size(), *number,
                                 std::chars_format::general, digits);
  return {shorter.data(), end.ptr};
}

// No two of different numbers come out as one.
std::optional<std::map<std::string, std::string>> with_digits(const std::set<std::string>& texts,
                                                              int digits) {
  std::map<std::string, std::string> short_texts;
  std::map<std::string, std::optional<double>> numbers;
  for (const std::string& text : texts) {
    const std::string& shorter = short_texts[text] = with_digits(text, digits);
    const std::optional<double> number = fraction(text);
    const auto [known, is_new] = numbers.try_emplace(shorter, number);
    if (!is_new && known->second != number) return std::nullopt;
  }
  return short_texts;
}

}  // namespace

std::map<std::string, std::string> readable(const std::set<std::string>& texts) {
  for (const int digits : {4, 6, 8, 10}) {
    if (auto shorter = with_digits(texts, digits)) return *std::move(shorter);
  }
  std::map<std::string, std::string> whole;
  for (const std::string& text : texts) whole[text] = text;
  return whole;
}

void make_readable(judge::Table& table) {
  std::map<std::string, std::set<std::string>> texts;
  for (const judge::Trial& trial : table.trials) {
    for (const judge::Setting& setting : trial.point) texts[setting.name].insert(setting.text);
  }
  std::map<std::string, std::map<std::string, std::string>> shorter;
  for (const auto& [name, all] : texts) shorter[name] = readable(all);
  for (judge::Trial& trial : table.trials) {
    for (judge::Setting& setting : trial.point) {
      setting.text = shorter[setting.name][setting.text];
    }
  }
}

}  // namespace r50::sweep
