#include "sweep/file/limit.h"

#include <absl/strings/str_format.h>
#include <cctype>
#include <charconv>
#include <cmath>

#include "r50/error.h"
#include "report/format.h"

namespace r50::sweep {
namespace {

// In seconds; 0: no unit of time.
double unit_seconds(const std::string& unit) {
  for (const char* word : {"m", "min", "minute", "minutes"}) {
    if (unit == word) return 60;
  }
  for (const char* word : {"h", "hour", "hours"}) {
    if (unit == word) return 3600;
  }
  for (const char* word : {"d", "day", "days"}) {
    if (unit == word) return 86400;
  }
  return 0;
}

bool is_dollars(const std::string& unit) {
  return unit == "$" || unit == "dollar" || unit == "dollars" || unit == "usd";
}

// Takes words off the front of a text.
class LimitText {
 public:
  explicit LimitText(const std::string& text) : left_(text) {}

  bool over() {
    skip();
    return at_ == left_.size();
  }
  std::optional<double> number() {
    skip();
    double value = 0;
    const char* const from = left_.data() + at_;
    const auto read =
        std::from_chars(from, left_.data() + left_.size(), value, std::chars_format::fixed);
    if (read.ec != std::errc() || !std::isfinite(value) || value < 0) return std::nullopt;
    at_ += static_cast<std::size_t>(read.ptr - from);
    return value;
  }
  std::string word() {
    skip();
    std::string word;
    while (at_ < left_.size() && (std::isalpha(static_cast<unsigned char>(left_[at_])) != 0 ||
                                  (left_[at_] == '$' && word.empty()))) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(left_[at_++])));
    }
    return word;
  }

 private:
  void skip() {
    while (at_ < left_.size() && left_[at_] == ' ') ++at_;
  }
  const std::string& left_;
  std::size_t at_ = 0;
};

}  // namespace

std::string use_text(const Limit& limit, double use) {
  if (limit.dollars <= 0) return report::duration(use);
  return absl::StrFormat("$%.2f", use);
}

std::optional<Limit> parse_limit(const std::string& text) {
  Limit limit;
  limit.text = text;
  LimitText words(text);
  const std::string first = words.word();
  if (first == "$") {
    limit.dollars = words.number().value_or(0);
  } else if (first.empty()) {
    while (!words.over()) {
      const auto number = words.number();
      if (!number) return std::nullopt;
      const std::string unit = words.word();
      if (is_dollars(unit) && limit.seconds == 0) {
        limit.dollars = *number;
        break;
      }
      if (unit_seconds(unit) == 0) return std::nullopt;
      limit.seconds += *number * unit_seconds(unit);
    }
  }
  if (!words.over() || limit.seconds + limit.dollars <= 0) return std::nullopt;
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
