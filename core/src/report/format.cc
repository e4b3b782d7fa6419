#include "report/format.h"

#include <absl/strings/str_format.h>

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
  if (minutes == 0) return absl::StrFormat("%d s", whole);
  if (minutes < 60) return absl::StrFormat("%d min %02d s", minutes, whole % 60);
  if (minutes < std::int64_t{48} * 60) {
    return absl::StrFormat("%d h %02d min", minutes / 60, minutes % 60);
  }
  return absl::StrFormat("%d d %d h", minutes / 1440, minutes / 60 % 24);
}

std::string share(double part) { return fixed(100 * part, 0) + " %"; }

}  // namespace r50::report
