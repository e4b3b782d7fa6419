#include <absl/strings/str_format.h>
#include <cstdint>
#include <string>

#include "config/toml_source.h"

namespace r50::config {

namespace {

// Of a key like a.b.c. toml++ builds a table for each part and destroys them by recursion.
constexpr int most_key_parts = 32;

Spot spot_of(std::string_view text, std::size_t offset, const Spot& file) {
  Spot spot = file;
  spot.line = 1;
  spot.column = 1;
  for (std::size_t i = 0; i < offset; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == '\n') {
      ++spot.line;
      spot.column = 1;
    } else if ((byte & 0xC0) != 0x80) {
      ++spot.column;
    }
  }
  return spot;
}

// The length of the UTF-8 sequence at `at`, or 0.
std::size_t sequence(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const unsigned first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4) return 0;
  std::uint32_t code = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (byte(at + i) & 0x3F);
  }
  const bool overlong = code < (length == 3 ? 0x800U : length == 4 ? 0x10000U : 0x80U);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return overlong || surrogate || code > 0x10FFFF ? 0 : length;
}

// The first byte that is no UTF-8, or the text's size.
std::size_t valid_up_to(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = sequence(text, at);
    if (length == 0) break;
    at += length;
  }
  return at;
}

bool check_utf8(std::string_view text, const Spot& file, Problems& problems) {
  const std::size_t bad = valid_up_to(text);
  if (bad == text.size()) return true;
  constexpr char digits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(text[bad]);
  problems.add(
      spot_of(text, bad, file),
      std::string("the byte 0x") + digits[byte >> 4] + digits[byte & 15] + " here is no UTF-8 text",
      "save the file as UTF-8 in your editor");
  return false;
}

// Skips what begins at `at`: a comment, a string, or a single byte.
std::size_t after_token(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '#') return std::min(text.find('\n', at), text.size());
  if (c != '"' && c != '\'') return at + 1;
  const bool longer = text.substr(at, 3) == std::string(3, c);
  const std::size_t quotes = longer ? 3 : 1;
  for (std::size_t i = at + quotes; i < text.size(); ++i) {
    if (c == '"' && text[i] == '\\') {
      ++i;
    } else if (!longer && text[i] == '\n') {
      return i;  // the parser will complain
    } else if (text.substr(i, quotes) == std::string(quotes, c)) {
      return i + quotes;
    }
  }
  return text.size();
}

bool check_depth(std::string_view text, const Spot& file, Problems& problems) {
  int dots = 0;
  for (std::size_t i = 0; i < text.size(); i = after_token(text, i)) {
    const char c = text[i];
    if (c == '.') ++dots;
    if (c == '\n' || c == '=' || c == ',' || c == '[' || c == ']' || c == '{' || c == '}') dots = 0;
    if (dots >= most_key_parts) {
      problems.add(spot_of(text, i, file),
                   absl::StrFormat("a key of more than %d parts", most_key_parts));
      return false;
    }
  }
  return true;
}

}  // namespace

bool is_utf8(std::string_view text) { return valid_up_to(text) == text.size(); }

bool check_text(std::string_view text, const Spot& file, Problems& problems) {
  return check_utf8(text, file, problems) && check_depth(text, file, problems);
}

}  // namespace r50::config
