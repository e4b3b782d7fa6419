#include "config/toml_source.h"

#include <algorithm>

#include "config/text_check.h"

// No exceptions, no printing back, and no more nesting than the recursion over values can bear.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 32
// toml++ 3.3 tells the compiler to assume what a wrong file does not keep ("[#" for a table
// header). Its own check comes right after; without the assumption the file is answered, not
// undefined.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace r50::config {

namespace {

Spot spot_of(const toml::source_region& region, const Spot& file) {
  return {file.file, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

class Converter {
 public:
  Converter(const Spot& file, Problems& problems) : file_(file), problems_(problems) {}

  Value value(const toml::node& node) {
    const Spot spot = place(node.source());
    switch (node.type()) {
      case toml::node_type::table:
        return table(*node.as_table(), spot);
      case toml::node_type::array:
        return array(*node.as_array(), spot);
      case toml::node_type::string:
        return {node.as_string()->get(), spot};
      case toml::node_type::integer:
        return {std::int64_t{node.as_integer()->get()}, spot};
      case toml::node_type::floating_point:
        return {node.as_floating_point()->get(), spot};
      case toml::node_type::boolean:
        return {node.as_boolean()->get(), spot};
      default:
        break;
    }
    problems_.add(spot, "dates and times mean nothing in an experiment",
                  "if it is meant as a text, put it in quotes");
    return {"", spot};
  }

  Value table(const toml::table& from, const Spot& spot) {
    Table table;
    table.entries().reserve(from.size());
    for (const auto& [key, node] : from) {
      table.entries().push_back({std::string(key.str()), place(key.source()), value(node)});
    }
    // toml++ sorts by key; a person reads in the order of writing.
    std::stable_sort(table.entries().begin(), table.entries().end(),
                     [](const Table::Entry& a, const Table::Entry& b) {
                       return std::pair(a.key_spot.line, a.key_spot.column) <
                              std::pair(b.key_spot.line, b.key_spot.column);
                     });
    return {std::move(table), spot};
  }

 private:
  Value array(const toml::array& from, const Spot& spot) {
    Array array;
    array.reserve(from.size());
    for (const toml::node& node : from) array.push_back(value(node));
    return {std::move(array), spot};
  }

  // Words of the command line have no lines.
  Spot place(const toml::source_region& region) const {
    return file_.line < 0 ? Spot{file_.file, 0, 0} : spot_of(region, file_);
  }

  Spot file_;
  Problems& problems_;
};

std::string sentence(const toml::parse_error& error) {
  std::string text(error.description());
  constexpr std::string_view noise = "Error while parsing ";
  if (text.starts_with(noise)) text = "in a " + text.substr(noise.size());
  return "this is no TOML: " + text;
}

std::string hint(std::string_view description) {
  if (description.find("redefine existing table") != std::string_view::npos) {
    return "the table is written twice: join the two";
  }
  if (description.find("redefine") != std::string_view::npos) {
    return "the key is written twice in its table: keep one";
  }
  return "";
}

}  // namespace

std::optional<Value> parse_toml(std::string_view text, const std::string& file,
                                Problems& problems) {
  const Spot spot{file, 0, 0};
  if (!check_text(text, spot, problems)) return std::nullopt;
  const toml::parse_result result = toml::parse(text);
  if (!result) {
    problems.add(spot_of(result.error().source(), spot), sentence(result.error()),
                 hint(result.error().description()));
    return std::nullopt;
  }
  return Converter(spot, problems).table(result.table(), spot);
}

std::optional<Value> parse_toml_value(std::string_view text, const Spot& spot, Problems& problems) {
  Problems told;
  if (!check_text(text, spot, problems)) return std::nullopt;
  const toml::parse_result result = toml::parse("value = " + std::string(text));
  const bool one_value = result && result.table().size() == 1;
  if (one_value) {
    const toml::node& node = *result.table().get("value");
    const bool date = node.is_date() || node.is_time() || node.is_date_time();
    if (!date) return Converter({spot.file, -1, 0}, problems).value(node);
  }
  const bool word = !text.empty() && text.find_first_of("\"'[]{}=\n\r") == std::string_view::npos;
  if (word) return Value(std::string(text), spot);
  if (text.empty()) {
    problems.add(spot, "an override has nothing after its =", "write \"\" for an empty text");
  } else {
    problems.add(spot, "'" + std::string(text) + "' is no value in TOML",
                 "put texts in quotes, and the whole word in quotes for the shell");
  }
  return std::nullopt;
}

}  // namespace r50::config
