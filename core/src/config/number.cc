#include "config/number.h"

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

}  // namespace r50::config
