#include "r50/units.h"

#include <cmath>

#include "config/schema_parts.h"

namespace r50 {

namespace {

using config::number_text;
using config::parse_number;

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

struct Quantity {
  double amount = 0;
  std::string_view unit;
};

// "5 epochs", "30%": a number that is not negative, and a word.
std::optional<Quantity> parse_quantity(std::string_view text) {
  text = trim(text);
  const auto end = text.find_first_not_of("0123456789.");
  if (end == 0 || end == std::string_view::npos) return std::nullopt;
  const auto amount = parse_number(text.substr(0, end));
  if (!amount) return std::nullopt;
  return Quantity{*amount, trim(text.substr(end))};
}

bool whole(double number) { return number == std::floor(number); }

std::string with_unit(double amount, const std::string& unit) {
  return number_text(amount) + " " + unit + (amount == 1 ? "" : "s");
}

// Beyond it, doubles are no longer exact, and no training is that long.
constexpr double most_steps = 9007199254740992.0;

}  // namespace

std::int64_t When::steps(const RunLength& run) const {
  double steps = amount;
  if (unit == Unit::epochs) steps = amount * static_cast<double>(run.steps_per_epoch);
  if (unit == Unit::percent) steps = amount * static_cast<double>(run.steps()) / 100;
  return std::llround(std::fmin(std::fmax(steps, -most_steps), most_steps));
}

std::string When::text() const {
  switch (unit) {
    case Unit::epochs:
      return with_unit(amount, "epoch");
    case Unit::steps:
      return with_unit(amount, "step");
    case Unit::percent:
      return number_text(amount) + "%";
  }
  return "";
}

std::optional<When> When::parse(std::string_view text) {
  const auto quantity = parse_quantity(text);
  // So large an amount would be written with an exponent, which is not read back.
  if (!quantity || quantity->amount >= 1e15) return std::nullopt;
  const double amount = quantity->amount;
  if (amount != 0 && amount < 1e-5) return std::nullopt;
  if (quantity->unit == "epochs" || quantity->unit == "epoch") return epochs(amount);
  if (quantity->unit == "steps" || quantity->unit == "step") {
    if (!whole(amount)) return std::nullopt;
    return When{amount, Unit::steps};
  }
  if (quantity->unit == "%" && amount <= 100) return percent(amount);
  return std::nullopt;
}

std::string Every::text() const {
  if (unit == Unit::never) return "never";
  if (unit == Unit::training) return when.text();
  const double hours = std::floor(seconds / 3600);
  if (hours * 3600 == seconds) return with_unit(hours, "hour");
  const double minutes = std::floor(seconds / 60);
  if (minutes * 60 == seconds) return with_unit(minutes, "minute");
  return with_unit(seconds, "second");
}

std::optional<Every> Every::parse(std::string_view text) {
  if (trim(text) == "never") return Every{};
  if (const auto when = When::parse(text)) {
    if (when->amount == 0) return std::nullopt;
    return every(*when);
  }
  const auto quantity = parse_quantity(text);
  if (!quantity) return std::nullopt;
  double seconds = quantity->amount;
  const std::string_view unit = quantity->unit;
  if (unit == "hours" || unit == "hour") {
    seconds *= 3600;
  } else if (unit == "minutes" || unit == "minute") {
    seconds *= 60;
  } else if (unit != "seconds" && unit != "second") {
    return std::nullopt;
  }
  if (seconds < 1e-3 || seconds > 1e10) return std::nullopt;
  return Every{Every::Unit::wall, {}, seconds};
}

std::string Rate::text() const {
  return number_text(value) + (per == 0 ? "" : " per " + std::to_string(per));
}

std::optional<Rate> Rate::parse(std::string_view text) {
  text = trim(text);
  const auto split = text.find(" per ");
  const auto value = parse_number(trim(text.substr(0, split)));
  if (!value) return std::nullopt;
  if (split == std::string_view::npos) return Rate{*value, 0};
  const auto per = parse_number(trim(text.substr(split + 5)));
  if (!per || *per < 1 || *per > most_steps || !whole(*per)) return std::nullopt;
  return Rate{*value, static_cast<std::int64_t>(*per)};
}

}  // namespace r50
