#include "config/schema_parts.h"

#include <charconv>
#include <cmath>

namespace r50::config {

std::string number_text(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  const double size = std::fabs(number);
  const bool digits = size == 0 || (size >= 1e-5 && size < 1e15);
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number,
                                 digits ? std::chars_format::fixed : std::chars_format::scientific);
  return {buffer, end.ptr};
}

std::optional<double> parse_number(std::string_view text) {
  // from_chars also knows "inf", "nan" and hexadecimal digits after "0x" as "0".
  if (text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return std::nullopt;
  double number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

Value normal_form(const Value& value, const FieldInfo& field) {
  using Type = FieldInfo::Type;
  const Spot& spot = value.spot();
  if (const Array* array = value.array()) {
    Array items;
    for (const Value& item : *array) items.push_back(normal_form(item, field));
    return {std::move(items), spot};
  }
  const bool real = field.type == Type::real || field.type == Type::rate;
  if (real && value.integer()) return {static_cast<double>(*value.integer()), spot};
  if (!value.text()) return value;
  switch (field.type) {
    case Type::rate:
      return {Rate::parse(*value.text())->text(), spot};
    case Type::when:
      return {When::parse(*value.text())->text(), spot};
    case Type::every:
      return {Every::parse(*value.text())->text(), spot};
    default:
      return value;
  }
}

std::optional<double> run_share(const When& when, const RunLength& run) {
  if (when.unit == When::Unit::percent) return when.amount / 100;
  const std::int64_t whole = when.unit == When::Unit::epochs ? run.epochs : run.steps();
  if (whole <= 0) return std::nullopt;
  return when.amount / static_cast<double>(whole);
}

}  // namespace r50::config
