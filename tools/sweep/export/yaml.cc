#include "sweep/export/export.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <string_view>

#include <absl/strings/str_format.h>

#include "report/format.h"

namespace r50::sweep {
namespace {

bool is_plain(const std::string& text) {
  constexpr std::array other_things = {"true", "false", "yes", "no", "on", "off", "y", "n", "null"};
  if (text.empty() || (std::isalpha(static_cast<unsigned char>(text[0])) == 0 && text[0] != '_')) {
    return false;
  }
  std::string small;
  for (const char letter : text) {
    const auto one = static_cast<unsigned char>(letter);
    if (one > 127 || (std::isalnum(one) == 0 &&
                      std::string_view("_-./").find(letter) == std::string_view::npos)) {
      return false;
    }
    small += static_cast<char>(std::tolower(one));
  }
  return std::none_of(other_things.begin(), other_things.end(),
                      [&](const char* word) { return small == word; });
}

// The character that begins at `at`, which moves on behind it. Texts of TOML are valid UTF-8.
std::uint32_t next_character(const std::string& text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  std::uint32_t character = more == 0 ? first : first & (0x3fU >> more);
  for (int i = 0; i < more && at < text.size(); ++i) {
    character = (character << 6) | (static_cast<unsigned char>(text[at++]) & 0x3fU);
  }
  return character;
}

// What a YAML reader refuses as it stands, or takes for the end of a line.
bool needs_escape(std::uint32_t character) {
  return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x2028 ||
         character == 0x2029 || character == 0xfeff || character == 0xfffe || character == 0xffff;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const std::uint32_t character = next_character(text, at);
    if (character == '"' || character == '\\') {
      out += '\\';
      out += static_cast<char>(character);
    } else if (character == '\n') {
      out += "\\n";
    } else if (needs_escape(character)) {
      out += absl::StrFormat("\\u%04x", character);
    } else {
      out.append(text, from, at - from);
    }
  }
  return out + "\"";
}

std::string yaml_number(double value) {
  if (!std::isfinite(value)) return std::isnan(value) ? ".nan" : value < 0 ? "-.inf" : ".inf";
  std::string text = report::exact(value);
  const auto exponent = std::min(text.find('e'), text.size());
  std::string digits = text.substr(0, exponent);
  std::string power = text.substr(exponent);
  if (digits.find('.') == std::string::npos) digits += ".0";
  if (power.size() > 1 && power[1] != '-' && power[1] != '+') power.insert(1, "+");
  return digits + power;
}

std::string yaml_text(const std::string& text) { return is_plain(text) ? text : quoted(text); }

std::string inline_yaml(const Value& value) {
  if (value.text()) return yaml_text(*value.text());
  if (value.real()) return yaml_number(*value.real());
  std::string out;
  if (const Array* list = value.array()) {
    for (const Value& one : *list) out += (out.empty() ? "" : ", ") + inline_yaml(one);
    return "[" + out + "]";
  }
  if (const Table* table = value.table()) {
    for (const Table::Entry& one : table->entries()) {
      out += (out.empty() ? "" : ", ") + yaml_text(one.key) + ": " + inline_yaml(one.value);
    }
    return "{" + out + "}";
  }
  return value.toml();  // whole numbers and truth values are written alike
}

void add_block(const Table& table, const std::string& indent, std::string& out) {
  for (const Table::Entry& one : table.entries()) {
    out += indent + yaml_text(one.key) + ":";
    const Table* const inner = one.value.table();
    if (inner && !inner->empty()) {
      out += "\n";
      add_block(*inner, indent + "  ", out);
    } else {
      out += " " + inline_yaml(one.value) + "\n";
    }
  }
}

}  // namespace

std::string to_yaml(const Table& table) {
  if (table.empty()) return "{}\n";
  std::string out;
  add_block(table, "", out);
  return out;
}

}  // namespace r50::sweep
