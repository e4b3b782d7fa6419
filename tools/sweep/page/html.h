#pragma once

// Markup that cannot be broken by what it shows. Raw markup is only what is written in this
// program; everything that comes from files gets in as text, which is escaped.

#include <initializer_list>
#include <string>
#include <string_view>

namespace r50::sweep::page {

// A text that the program itself brings: nothing that was read can become one.
struct Literal {
  consteval Literal(const char* words) : text(words) {}  // NOLINT(google-explicit-constructor)
  std::string_view text;
};

class Html {
 public:
  Html() = default;
  explicit Html(Literal markup) : source_(markup.text) {}

  const std::string& source() const { return source_; }
  bool empty() const { return source_.empty(); }
  Html& operator+=(const Html& more) {
    source_ += more.source_;
    return *this;
  }
  friend Html operator+(Html first, const Html& second) { return first += second; }

 private:
  friend Html text(std::string_view shown);
  friend Html safe_markup(std::string source);
  std::string source_;
};

// Escaped for elements and quoted attributes, of HTML and of XML. What is no UTF-8, or a sign that
// XML does not know, is replaced.
Html text(std::string_view shown);

struct Attribute {
  Literal name;
  std::string value;
};
using Attributes = std::initializer_list<Attribute>;

Html element(Literal tag, Attributes attributes, const Html& content);
inline Html element(Literal tag, const Html& content) { return element(tag, {}, content); }
Html element(Literal tag, Attributes attributes);  // without content: <tag/>

// A paragraph beside the main thing.
Html remark(const Html& said);
// A coordinate: a tenth of a unit is finer than any screen.
std::string place(double value);
Html line_between(const std::string& kind, double x1, double x2, double y1, double y2);
// A picture in a table or a legend, which says nothing that the words beside it do not say.
Html small_picture(const std::string& kind, Literal view_box, const Html& drawn);

// What tables that can be sorted are made of.

struct TableHead {
  Html cells;
  void add(const std::string& kind, const std::string& title);  // kind: "number", or nothing
};

Html word_cell(const std::string& shown);
Html number_cell(const std::string& shown);
// What is no number is sorted below all others.
Html number_cell(const std::string& shown, double sorts_by);

}  // namespace r50::sweep::page
