#include "sweep/file/sweep_file.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_format.h>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <string_view>

#include "r50/error.h"
#include "report/format.h"

namespace r50::sweep {
namespace {

// In seconds; 0: no unit of time.
double unit_seconds(const std::string& unit) {
  static const std::map<std::string, double> seconds = {
      {"m", 60},      {"min", 60},     {"minute", 60}, {"minutes", 60}, {"h", 3600},
      {"hour", 3600}, {"hours", 3600}, {"d", 86400},   {"day", 86400},  {"days", 86400}};
  const auto found = seconds.find(unit);
  return found == seconds.end() ? 0 : found->second;
}

bool is_dollars(const std::string& unit) {
  return unit == "$" || unit == "dollar" || unit == "dollars" || unit == "usd";
}

// Each takes spaces, and then what it gives, off the front of a text.
std::string take_word(std::string_view& left) {
  left.remove_prefix(std::min(left.find_first_not_of(' '), left.size()));
  std::size_t end = left.starts_with('$') ? 1 : 0;
  while (end < left.size() && absl::ascii_isalpha(static_cast<unsigned char>(left[end]))) ++end;
  const std::string word = absl::AsciiStrToLower(std::string(left.substr(0, end)));
  left.remove_prefix(end);
  return word;
}

std::optional<double> take_number(std::string_view& left) {
  left.remove_prefix(std::min(left.find_first_not_of(' '), left.size()));
  double value = 0;
  const char* const end = left.data() + left.size();
  const auto read = std::from_chars(left.data(), end, value, std::chars_format::fixed);
  if (read.ec != std::errc() || !std::isfinite(value) || value < 0) return std::nullopt;
  left.remove_prefix(static_cast<std::size_t>(read.ptr - left.data()));
  return value;
}

}  // namespace

std::string use_text(const Limit& limit, double use) {
  if (limit.dollars <= 0) return report::duration(use);
  return absl::StrFormat("$%.2f", use);
}

std::optional<Limit> parse_limit(const std::string& text) {
  Limit limit;
  limit.text = text;
  std::string_view left = text;
  const auto over = [&] { return left.find_first_not_of(' ') == std::string_view::npos; };
  const std::string first = take_word(left);
  if (first == "$") limit.dollars = take_number(left).value_or(0);
  while (first.empty() && !over()) {
    const auto number = take_number(left);
    if (!number) return std::nullopt;
    const std::string unit = take_word(left);
    if (is_dollars(unit) && limit.seconds == 0) {
      limit.dollars = *number;
      break;
    }
    if (unit_seconds(unit) == 0) return std::nullopt;
    limit.seconds += *number * unit_seconds(unit);
  }
  if (!over() || limit.seconds + limit.dollars <= 0) return std::nullopt;
  return limit;
}

Limit checked_limit(const std::string& text, double price_per_hour) {
  const auto limit = parse_limit(text);
  if (!limit) {
    throw WrongInput("the budget '" + text +
                     "' is neither time nor money: write \"40h\", \"90 minutes\", \"2 days\" or "
                     "\"$25\"");
  }
  if (limit->dollars > 0 && price_per_hour <= 0) {
    throw WrongInput("the budget '" + text +
                     "' is money, but what an hour costs is not known: set [launcher] "
                     "price_per_hour, in dollars a slot");
  }
  return *limit;
}

}  // namespace r50::sweep
