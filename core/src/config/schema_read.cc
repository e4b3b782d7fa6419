// Reading of single values: type, range, and a message that says what to write instead.

#include <absl/strings/str_format.h>
#include <cmath>

#include "config/paths.h"
#include "config/schema_parts.h"
#include "r50/schema.h"
#include "r50/suggest.h"

namespace r50::schema_detail {

namespace {

using Type = FieldInfo::Type;

constexpr std::size_t longest_shown = 60;

std::string shown(const Value& value) {
  std::string text = value.toml();
  if (text.size() <= longest_shown) return text;
  std::size_t end = longest_shown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string expected(Type type) {
  switch (type) {
    case Type::boolean:
      return "true or false";
    case Type::integer:
      return "a whole number";
    case Type::real:
      return "a number";
    case Type::text:
      return "a text";
    case Type::path:
      return "a path, as a text";
    case Type::when:
      return "a length of training";
    case Type::every:
      return "an interval";
    case Type::rate:
      return "a number, or a text like \"0.1 per 256\"";
    case Type::choice:
      return "one of a few words";
    case Type::table:
      return "a table";
    case Type::plugin:
      return "a table with the key 'use'";
  }
  return "";
}

std::string subject(const FieldInfo& info, const SchemaReader& reader, bool of_list) {
  return (of_list ? "an item of '" : "'") + info.key + "'" + config::in_table(reader.path());
}

void complain(const Value& value, const FieldInfo& info, SchemaReader& reader, std::string what,
              std::string hint) {
  reader.problems().add(value.spot(), subject(info, reader, info.list) + " " + std::move(what),
                        std::move(hint));
}

std::string type_hint(const Value& value, const FieldInfo& info) {
  const bool wants_number =
      info.type == Type::real || info.type == Type::integer || info.type == Type::rate;
  if (const std::string* text = value.text()) {
    const bool number = config::parse_number(*text).has_value();
    const bool boolean = *text == "true" || *text == "false";
    if ((wants_number && number) || (info.type == Type::boolean && boolean)) {
      return "write " + *text + " without quotes";
    }
  }
  if (value.text() && value.text()->starts_with("from:")) {
    return "only learning rates can be taken from a file of find-lr";
  }
  if (info.type == Type::when) return "write \"5 epochs\", \"800 steps\" or \"30%\"";
  if (info.type == Type::every) {
    return "write \"1 epoch\", \"500 steps\", \"10 minutes\" or \"never\"";
  }
  if (info.type == Type::integer && value.real() && *value.real() == std::floor(*value.real()) &&
      std::fabs(*value.real()) < 1e15) {
    return "write " + config::number_text(*value.real());
  }
  return "";
}

void wrong_type(const Value& value, const FieldInfo& info, SchemaReader& reader) {
  complain(value, info, reader,
           "must be " + expected(info.type) + ", but is " + std::string(value.type_name()) + ": " +
               shown(value),
           type_hint(value, info));
}

// Integers are compared as they are: a double does not hold all of them.
template <class Number>
bool within(Number number, const Limits& limits) {
  const auto x = static_cast<long double>(number);
  const bool low = limits.above_min ? x > limits.min : x >= limits.min;
  const bool high = limits.below_max ? x < limits.max : x <= limits.max;
  return low && high;
}

template <class Number>
bool check_limits(Number number, const Value& value, const FieldInfo& info, SchemaReader& reader) {
  if (within(number, info.limits)) return true;
  Limits range;
  range.min = info.limits.min;
  range.max = info.limits.max;
  range.above_min = info.limits.above_min;
  range.below_max = info.limits.below_max;
  complain(value, info, reader,
           "is out of range: " + shown(value) + " is not " +
               (range.text().front() == '[' || range.text().front() == '(' ? "in " : "") +
               range.text(),
           "");
  return false;
}

bool check_text(const std::string& text, const Value& value, const FieldInfo& info,
                SchemaReader& reader) {
  if (!text.empty() || info.list || !info.limits.not_empty) return true;
  complain(value, info, reader, "may not be empty", "");
  return false;
}

}  // namespace

void read(const Value& value, const FieldInfo& info, SchemaReader& reader, bool& out) {
  if (!value.boolean()) return wrong_type(value, info, reader);
  out = *value.boolean();
}

void read(const Value& value, const FieldInfo& info, SchemaReader& reader, std::int64_t& out) {
  if (!value.integer()) return wrong_type(value, info, reader);
  if (check_limits(*value.integer(), value, info, reader)) out = *value.integer();
}

void read(const Value& value, const FieldInfo& info, SchemaReader& reader, double& out) {
  if (!value.real() && !value.integer()) return wrong_type(value, info, reader);
  const double number = value.real() ? *value.real() : static_cast<double>(*value.integer());
  if (!std::isfinite(number)) {
    return complain(value, info, reader, "must be a finite number, but is " + shown(value), "");
  }
  if (check_limits(number, value, info, reader)) out = number;
}

void read(const Value& value, const FieldInfo& info, SchemaReader& reader, std::string& out) {
  if (!value.text()) return wrong_type(value, info, reader);
  if (check_text(*value.text(), value, info, reader)) out = *value.text();
}

void read(const Value& value, const FieldInfo& info, SchemaReader& reader, Path& out) {
  if (!value.text()) return wrong_type(value, info, reader);
  const std::string& text = *value.text();
  if (text.empty()) return complain(value, info, reader, "is a path and may not be empty", "");
  if (text == "~" || text.starts_with("~/")) {
    return complain(value, info, reader, "begins with ~, which only a shell understands",
                    "write ${HOME}" + text.substr(1));
  }
  out.text = config::path_from_here(text, value.spot());
}

void read(const Value& value, const FieldInfo& info, SchemaReader& reader, When& out) {
  const auto when = value.text() ? When::parse(*value.text()) : std::nullopt;
  if (!when) return wrong_type(value, info, reader);
  if (check_limits(when->amount, value, info, reader)) out = *when;
}

void read(const Value& value, const FieldInfo& info, SchemaReader& reader, Every& out) {
  const auto every = value.text() ? Every::parse(*value.text()) : std::nullopt;
  if (!every) return wrong_type(value, info, reader);
  out = *every;
}

void read(const Value& value, const FieldInfo& info, SchemaReader& reader, Rate& out) {
  std::optional<Rate> rate;
  if (value.integer()) rate = Rate{static_cast<double>(*value.integer()), 0};
  if (value.real() && std::isfinite(*value.real())) rate = Rate{*value.real(), 0};
  if (value.text()) rate = Rate::parse(*value.text());
  if (!rate || (value.text() && rate->per == 0)) return wrong_type(value, info, reader);
  if (check_limits(rate->value, value, info, reader)) out = *rate;
}

std::optional<std::size_t> read_choice(const Value& value, const FieldInfo& info,
                                       SchemaReader& reader) {
  if (value.text()) {
    for (std::size_t i = 0; i < info.choices.size(); ++i) {
      if (info.choices[i] == *value.text()) return i;
    }
  }
  std::string words;
  for (const std::string& word : info.choices) {
    words += (words.empty() ? "\"" : ", \"") + word + "\"";
  }
  const auto guess = value.text() ? nearest(*value.text(), info.choices) : std::nullopt;
  complain(value, info, reader, "may be " + words + ", but is " + shown(value),
           guess ? "did you mean '" + *guess + "'?" : "");
  return std::nullopt;
}

const Array* read_list(const Value& value, const FieldInfo& info, SchemaReader& reader) {
  const Array* array = value.array();
  const auto say = [&](const std::string& what, const std::string& hint) {
    reader.problems().add(value.spot(), subject(info, reader, false) + " " + what, hint);
    return nullptr;
  };
  if (!array) {
    const bool tables = info.type == Type::table || info.type == Type::plugin;
    return say("must be a list, but is " + std::string(value.type_name()) + ": " + shown(value),
               value.table() && tables
                   ? "write [[" + (reader.path().empty() ? "" : reader.path() + ".") + info.key +
                         "]], with double brackets"
                   : "write [" + shown(value) + "]");
  }
  const auto size = static_cast<std::int64_t>(array->size());
  if (info.limits.length >= 0 && size != info.limits.length) {
    return say(absl::StrFormat("must have %d items, but has %d", info.limits.length, size), "");
  }
  if (info.limits.not_empty && size == 0) return say("may not be empty", "");
  return array;
}

const Table* read_table(const Value& value, const FieldInfo& info, SchemaReader& reader) {
  if (!value.table()) wrong_type(value, info, reader);
  return value.table();
}

Value to_value(bool value) { return Value(value); }
Value to_value(std::int64_t value) { return Value(value); }
Value to_value(double value) { return Value(value); }
Value to_value(const std::string& value) { return Value(value); }
Value to_value(const Path& value) { return Value(value.text); }
Value to_value(const When& value) { return Value(value.text()); }
Value to_value(const Every& value) { return Value(value.text()); }
Value to_value(const Rate& value) {
  return value.per == 0 ? Value(value.value) : Value(value.text());
}

}  // namespace r50::schema_detail
