#include "report/format.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace r50::report {
namespace {

template <class... Arguments>
std::string written(double value, Arguments... arguments) {
  // to_chars and not printf: the same text under every locale. The longest fixed text of a double
  // has 309 digits before the point.
  std::array<char, 400> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, arguments...);
  return {text.data(), end.ptr};
}

const char* unusual(double value) {
  if (std::isnan(value)) return "nan";
  return value < 0 ? "-inf" : "inf";
}

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

std::string exact(double value) { return std::isfinite(value) ? written(value) : unusual(value); }

std::string fixed(double value, int digits) {
  return std::isfinite(value) ? written(value, std::chars_format::fixed, digits) : unusual(value);
}

std::string brief(double value) {
  return std::isfinite(value) ? written(value, std::chars_format::general, 4) : unusual(value);
}

std::string duration(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e12) return "?";
  if (seconds < 9.95) return fixed(seconds, 1) + " s";
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  const std::int64_t minutes = whole / 60;
  if (minutes == 0) return std::to_string(whole) + " s";
  if (minutes < 60) return std::to_string(minutes) + " min " + two_digits(whole % 60) + " s";
  if (minutes < std::int64_t{48} * 60) {
    return std::to_string(minutes / 60) + " h " + two_digits(minutes % 60) + " min";
  }
  return std::to_string(minutes / 1440) + " d " + std::to_string(minutes / 60 % 24) + " h";
}

std::string share(double part) { return fixed(100 * part, 0) + " %"; }

}  // namespace r50::report
