#pragma once

// What a schema says of each key of a table, as data: for reading, explain, docs and sweeps.

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "r50/value.h"

namespace r50 {

enum class Kind;
class AnySchema;

// What a value may be, beyond its type.
struct Limits {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool above_min = false;  // min itself is refused
  bool below_max = false;
  bool needed = false;     // no default: the key must be written
  bool not_empty = false;  // texts and lists
  int length = -1;         // lists: exactly this many

  Limits required() const {
    Limits limits = *this;
    limits.needed = true;
    return limits;
  }
  Limits of(int n) const {
    Limits limits = *this;
    limits.length = n;
    return limits;
  }
  std::string text() const;  // "[0, 1)", ">= 1"; empty if nothing is limited
};

inline Limits in(double min, double max) { return {.min = min, .max = max}; }
inline Limits from_below(double min, double max) {  // [min, max)
  return {.min = min, .max = max, .below_max = true};
}
inline Limits at_least(double min) { return {.min = min}; }
inline Limits above(double min) { return {.min = min, .above_min = true}; }
inline Limits required() { return {.needed = true, .not_empty = true}; }
inline Limits not_empty() { return {.not_empty = true}; }

// One key of a table, for docs and explain. Everything is text but the default.
struct FieldInfo {
  enum class Type { boolean, integer, real, text, path, when, every, rate, choice, table, plugin };
  std::string key;
  Type type = Type::text;
  bool list = false;
  bool optional = false;  // may be left out, and then means "not set"
  std::string doc;
  Limits limits;                       // for a list: of each element, but for length and not_empty
  std::vector<std::string> choices;    // type choice
  std::optional<Value> default_value;  // none: required, optional, or a nested table
  std::shared_ptr<const AnySchema> nested;  // type table
  Kind kind{};                              // type plugin

  // Written out in schema.cc, so that not every plugin compiles them for every key.
  FieldInfo();
  FieldInfo(std::string key, Type type, std::string doc);
  FieldInfo(const FieldInfo&);
  FieldInfo(FieldInfo&&) noexcept;
  FieldInfo& operator=(const FieldInfo&);
  FieldInfo& operator=(FieldInfo&&) noexcept;
  ~FieldInfo();

  bool required() const { return !default_value && !optional && (list || type != Type::table); }
  std::string type_text() const;  // "real", "list of text", "scheduler plugin"
};

struct SchemaInfo {
  SchemaInfo();
  SchemaInfo(const SchemaInfo&);
  SchemaInfo(SchemaInfo&&) noexcept;
  SchemaInfo& operator=(const SchemaInfo&);
  SchemaInfo& operator=(SchemaInfo&&) noexcept;
  ~SchemaInfo();

  std::string doc;
  std::vector<FieldInfo> fields;
  const FieldInfo* find(std::string_view key) const;
};

}  // namespace r50
