#include "sweep/page/html.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "report/format.h"

namespace r50::sweep::page {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

struct Letter {
  std::uint32_t code = 0;
  std::size_t bytes = 1;
  bool good = false;
};

Letter letter_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return {first, 1, true};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + bytes > text.size()) return {};
  std::uint32_t code = first & (0xFFU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80) return {};
    code = code << 6 | (byte(at + i) & 0x3FU);
  }
  constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < smallest[bytes] || surrogate || code > 0x10FFFF) return {};
  return {code, bytes, true};
}

bool known_to_xml(std::uint32_t code) {
  if (code < 0x20) return code == '\n' || code == '\t';
  return (code < 0x7F || code > 0x9F) && code != 0xFFFE && code != 0xFFFF;
}

std::string escaped(std::string_view shown) {
  std::string out;
  out.reserve(shown.size());
  for (std::size_t at = 0; at < shown.size();) {
    const Letter letter = letter_at(shown, at);
    if (!letter.good || !known_to_xml(letter.code)) {
      out += replacement;
    } else if (letter.code == '&') {
      out += "&amp;";
    } else if (letter.code == '<') {
      out += "&lt;";
    } else if (letter.code == '>') {
      out += "&gt;";
    } else if (letter.code == '"') {
      out += "&quot;";
    } else if (letter.code == '\'') {
      out += "&#39;";
    } else {
      out += shown.substr(at, letter.bytes);
    }
    at += letter.bytes;
  }
  return out;
}

std::string opening(Literal tag, Attributes attributes) {
  std::string out = "<";
  out += tag.text;
  for (const Attribute& attribute : attributes) {
    out += ' ';
    out += attribute.name.text;
    out += "=\"" + escaped(attribute.value) + '"';
  }
  return out;
}

}  // namespace

Html safe_markup(std::string source) {
  Html html;
  html.source_ = std::move(source);
  return html;
}

Html text(std::string_view shown) { return safe_markup(escaped(shown)); }

Html element(Literal tag, Attributes attributes, const Html& content) {
  std::string out = opening(tag, attributes) + '>' + content.source() + "</";
  out += tag.text;
  return safe_markup(out + '>');
}

Html element(Literal tag, Attributes attributes) {
  return safe_markup(opening(tag, attributes) + "/>");
}

std::string place(double value) {
  if (!std::isfinite(value)) return "0";
  std::string digits = report::fixed(value, 1);
  if (digits.ends_with(".0")) digits.resize(digits.size() - 2);
  return digits == "-0" ? "0" : digits;
}

Html remark(const Html& said) { return element("p", {{"class", "remark"}}, said); }

Html line_between(const std::string& kind, double x1, double x2, double y1, double y2) {
  return element("line", {{"class", kind},
                          {"x1", place(x1)},
                          {"x2", place(x2)},
                          {"y1", place(y1)},
                          {"y2", place(y2)}});
}

Html small_picture(const std::string& kind, Literal view_box, const Html& drawn) {
  return element(
      "svg", {{"class", kind}, {"viewBox", std::string(view_box.text)}, {"aria-hidden", "true"}},
      drawn);
}

void TableHead::add(const std::string& kind, const std::string& title) {
  cells += element("th", {{"scope", "col"}, {"class", kind}}, text(title));
}

Html word_cell(const std::string& shown) { return element("td", text(shown)); }

Html number_cell(const std::string& shown) {
  return element("td", {{"class", "number"}}, text(shown));
}

Html number_cell(const std::string& shown, double sorts_by) {
  const double by = std::isfinite(sorts_by) ? sorts_by : std::numeric_limits<double>::max();
  return element("td", {{"class", "number"}, {"data-v", report::exact(by)}}, text(shown));
}

}  // namespace r50::sweep::page
