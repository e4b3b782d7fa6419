#pragma once

// A Schema<Config> says what a plugin's table may hold. It is the one source for reading, defaults,
// ranges, choices, `explain`, `plugins` and the docs tables. The config is a plain struct, whose
// initialisers are the defaults:
//
//   Schema<CosineConfig>("Linear warm-up, then half a cosine.")
//       .field("lr", &CosineConfig::lr, "peak learning rate", in(0, 100))
//
// Schemas are torch-free and run before anything is built.

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "r50/error.h"
#include "r50/units.h"
#include "r50/value.h"

namespace r50 {

enum class Kind;
class Plugin;
template <class Interface>
class Held;
class AnySchema;
struct SchemaInfo;

// What a value may be, beyond its type.
struct Limits {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool above_min = false;  // min itself is refused
  bool below_max = false;
  bool needed = false;     // no default: the key must be written
  bool not_empty = false;  // texts and lists
  int length = -1;         // lists: exactly so many

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

// How a schema reaches plugins that stand inside other plugins (`sequence` of schedulers). The host
// implements it; tests and fuzzers have small ones of their own.
class PluginSource {
 public:
  virtual ~PluginSource();
  // The schema of the plugin that `table` names by its `use`; null once it has told `problems`.
  virtual const AnySchema* schema(Kind kind, const Value& table, Problems& problems) = 0;
  // Builds it, with the facts of the plugin being built around it.
  virtual std::pair<std::shared_ptr<Plugin>, std::string> build(Kind kind, const Value& table,
                                                                const void* facts) = 0;
};

// What goes along while tables are read.
class SchemaReader {
 public:
  enum class Mode { check, build };
  SchemaReader(Mode mode, Problems& problems, PluginSource& plugins, RunLength length,
               const void* facts = nullptr)
      : mode_(mode), problems_(problems), plugins_(plugins), length_(length), facts_(facts) {}

  bool building() const { return mode_ == Mode::build; }
  Problems& problems() { return problems_; }
  PluginSource& plugins() { return plugins_; }
  // While checking, steps_per_epoch may be 0: the data set has not been opened yet.
  const RunLength& length() const { return length_; }
  const void* facts() const { return facts_; }
  // Of the table being read, as an override writes it: "averaging.0", "scheduler.parts.1".
  const std::string& path() const { return path_; }

 private:
  friend class InTable;
  std::string path_;
  Mode mode_;
  Problems& problems_;
  PluginSource& plugins_;
  RunLength length_;
  const void* facts_;
};

// Marks, for as long as it lives, that the reader is inside a table (or an item of a list of
// tables).
class InTable {
 public:
  InTable(SchemaReader& reader, std::string_view key);
  InTable(SchemaReader& reader, std::string_view key, std::size_t item);
  ~InTable();
  InTable(const InTable&) = delete;
  InTable& operator=(const InTable&) = delete;

 private:
  SchemaReader& reader_;
  std::size_t length_;
};

// Handed to a schema's check(): complains about keys of the table being read.
class Checks {
 public:
  Checks(const Value& table, const SchemaInfo& info, SchemaReader& reader)
      : table_(table), info_(info), reader_(reader) {}
  const RunLength& length() const { return reader_.length(); }
  // Whether the key says something else than it does by default. No rule can tell a default that is
  // written from one that is not, since explain writes them all.
  bool written(std::string_view key) const;
  void wrong(std::string_view key, std::string what, std::string hint = "");
  // Complains if `when` lies at or after the end of the run, as far as that can be told now.
  void before_end(std::string_view key, const When& when);

 private:
  const Value& table_;
  const SchemaInfo& info_;
  SchemaReader& reader_;
};

// Keys of a plugin's table that belong to the host; no plugin's schema may declare them.
bool is_host_key(std::string_view key);         // use, name, when, from, until
void refuse_host_keys(const SchemaInfo& info);  // throws std::logic_error

class AnySchema {
 public:
  virtual ~AnySchema();
  virtual const SchemaInfo& info() const = 0;
  // Tells reader.problems() all that is wrong with the table, nested plugins included.
  virtual void check(const Value& table, SchemaReader& reader) const = 0;
};

namespace schema_detail {

// Each reads one value; on a problem it complains and leaves `out` as it was.
void read(const Value&, const FieldInfo&, SchemaReader&, bool& out);
void read(const Value&, const FieldInfo&, SchemaReader&, std::int64_t& out);
void read(const Value&, const FieldInfo&, SchemaReader&, double& out);
void read(const Value&, const FieldInfo&, SchemaReader&, std::string& out);
void read(const Value&, const FieldInfo&, SchemaReader&, Path& out);
void read(const Value&, const FieldInfo&, SchemaReader&, When& out);
void read(const Value&, const FieldInfo&, SchemaReader&, Every& out);
void read(const Value&, const FieldInfo&, SchemaReader&, Rate& out);
std::optional<std::size_t> read_choice(const Value&, const FieldInfo&, SchemaReader&);
// Null if it is no array, or of a wrong length; has complained then.
const Array* read_list(const Value&, const FieldInfo&, SchemaReader&);
// Null if it is no table.
const Table* read_table(const Value&, const FieldInfo&, SchemaReader&);
// Checks a nested plugin's table; when building, builds it.
std::pair<std::shared_ptr<Plugin>, std::string> read_plugin(const Value&, const FieldInfo&,
                                                            SchemaReader&);
// Unknown keys (with near guesses) and missing required keys. Host keys are the business of whoever
// reads the plugin's table and hands the rest to its schema; while building they are passed over.
void check_keys(const Value& table, const SchemaInfo&, SchemaReader&);
void declare(SchemaInfo&, FieldInfo);  // throws std::logic_error for a bad declaration

Value to_value(bool);
Value to_value(std::int64_t);
Value to_value(double);
Value to_value(const std::string&);
Value to_value(const Path&);
Value to_value(const When&);
Value to_value(const Every&);
Value to_value(const Rate&);
template <class T>
Value to_value(const std::vector<T>& list) {
  Array array;
  for (const T& item : list) array.push_back(to_value(item));
  return Value(std::move(array));
}

template <class T>
struct TypeOf;
template <>
struct TypeOf<bool> {
  static constexpr auto value = FieldInfo::Type::boolean;
};
template <>
struct TypeOf<std::int64_t> {
  static constexpr auto value = FieldInfo::Type::integer;
};
template <>
struct TypeOf<double> {
  static constexpr auto value = FieldInfo::Type::real;
};
template <>
struct TypeOf<std::string> {
  static constexpr auto value = FieldInfo::Type::text;
};
template <>
struct TypeOf<Path> {
  static constexpr auto value = FieldInfo::Type::path;
};
template <>
struct TypeOf<When> {
  static constexpr auto value = FieldInfo::Type::when;
};
template <>
struct TypeOf<Every> {
  static constexpr auto value = FieldInfo::Type::every;
};
template <>
struct TypeOf<Rate> {
  static constexpr auto value = FieldInfo::Type::rate;
};

template <class T>
void read(const Value& value, const FieldInfo& info, SchemaReader& reader, std::vector<T>& out) {
  const Array* array = read_list(value, info, reader);
  if (!array) return;
  out.clear();
  for (const Value& item : *array) {
    T element{};
    read(item, info, reader, element);
    out.push_back(std::move(element));
  }
}
template <class T>
void read(const Value& value, const FieldInfo& info, SchemaReader& reader, std::optional<T>& out) {
  T element{};
  read(value, info, reader, element);
  out = std::move(element);
}

template <class Config>
class Field {
 public:
  virtual ~Field() = default;
  virtual void read_into(Config&, const Value&, const FieldInfo&, SchemaReader&) const = 0;
};

template <class Config, class Function>
class FieldOf final : public Field<Config> {
 public:
  explicit FieldOf(Function function) : function_(std::move(function)) {}
  void read_into(Config& config, const Value& value, const FieldInfo& info,
                 SchemaReader& reader) const override {
    function_(config, value, info, reader);
  }

 private:
  Function function_;
};

}  // namespace schema_detail

template <class ConfigType>
class Schema final : public AnySchema {
 public:
  using Config = ConfigType;

  explicit Schema(std::string doc) { info_.doc = std::move(doc); }

  // bool, int64, double, string, Path, When, Every, Rate
  template <class T>
  Schema& field(std::string key, T Config::*member, std::string doc, Limits limits = {}) {
    FieldInfo info(std::move(key), schema_detail::TypeOf<T>::value, std::move(doc));
    info.limits = limits;
    if (!limits.needed) info.default_value = schema_detail::to_value(Config{}.*member);
    return add(std::move(info), plain(member));
  }

  template <class T>
  Schema& field(std::string key, std::vector<T> Config::*member, std::string doc,
                Limits limits = {}) {
    FieldInfo info(std::move(key), schema_detail::TypeOf<T>::value, std::move(doc));
    info.list = true;
    info.limits = limits;
    if (!limits.needed) info.default_value = schema_detail::to_value(Config{}.*member);
    return add(std::move(info), plain(member));
  }

  // A key that may be left out and then means "not set".
  template <class T>
  Schema& field(std::string key, std::optional<T> Config::*member, std::string doc,
                Limits limits = {}) {
    FieldInfo info(std::move(key), schema_detail::TypeOf<T>::value, std::move(doc));
    info.optional = true;
    info.limits = limits;
    return add(std::move(info), plain(member));
  }

  // One of a few words. Required if the initialiser is none of them.
  template <class Enum>
  Schema& choice(std::string key, Enum Config::*member, std::string doc,
                 std::vector<std::pair<std::string, Enum>> choices) {
    FieldInfo info(std::move(key), FieldInfo::Type::choice, std::move(doc));
    std::vector<Enum> values;
    for (auto& [word, value] : choices) {
      if (value == Config{}.*member && !info.default_value) info.default_value = Value(word);
      info.choices.push_back(std::move(word));
      values.push_back(value);
    }
    return add(std::move(info), [member, values](Config& config, const Value& value,
                                                 const FieldInfo& field, SchemaReader& reader) {
      if (auto index = schema_detail::read_choice(value, field, reader)) {
        config.*member = values[*index];
      }
    });
  }

  // A table inside the table. Left out, it is as if it were written empty: the defaults are those
  // of Nested, whatever initialiser Config gives the member.
  template <class Nested>
  Schema& table(std::string key, Nested Config::*member, std::string doc, Schema<Nested> schema) {
    FieldInfo info(std::move(key), FieldInfo::Type::table, std::move(doc));
    auto nested = std::make_shared<const Schema<Nested>>(std::move(schema));
    info.nested = nested;
    return add(std::move(info), [member, nested](Config& config, const Value& value,
                                                 const FieldInfo& field, SchemaReader& reader) {
      if (schema_detail::read_table(value, field, reader)) {
        InTable inside(reader, field.key);
        config.*member = nested->read(value, reader);
      }
    });
  }

  template <class Nested>
  Schema& tables(std::string key, std::vector<Nested> Config::*member, std::string doc,
                 Schema<Nested> schema, Limits limits = {}) {
    FieldInfo info(std::move(key), FieldInfo::Type::table, std::move(doc));
    auto nested = std::make_shared<const Schema<Nested>>(std::move(schema));
    info.nested = nested;
    info.list = true;
    info.limits = limits;
    if (!limits.needed) info.default_value = Value(Array{});
    return add(std::move(info), [member, nested](Config& config, const Value& value,
                                                 const FieldInfo& field, SchemaReader& reader) {
      const Array* array = schema_detail::read_list(value, field, reader);
      if (!array) return;
      (config.*member).clear();
      for (const Value& item : *array) {
        if (schema_detail::read_table(item, field, reader)) {
          InTable inside(reader, field.key, (config.*member).size());
          (config.*member).push_back(nested->read(item, reader));
        }
      }
    });
  }

  // A plugin inside the plugin: a table with its own `use`. Empty while checking, built when the
  // plugin around it is built. Its state is saved by the plugin that holds it.
  template <class Interface>
  Schema& plugin(std::string key, Held<Interface> Config::*member, std::string doc,
                 Limits limits = {}) {
    FieldInfo info(std::move(key), FieldInfo::Type::plugin, std::move(doc));
    info.kind = Interface::kind;
    info.limits = limits;
    info.optional = !limits.needed;
    return add(std::move(info), [member](Config& config, const Value& value, const FieldInfo& field,
                                         SchemaReader& reader) {
      InTable inside(reader, field.key);
      config.*member = hold<Interface>(schema_detail::read_plugin(value, field, reader));
    });
  }

  template <class Interface>
  Schema& plugins(std::string key, std::vector<Held<Interface>> Config::*member, std::string doc,
                  Limits limits = {}) {
    FieldInfo info(std::move(key), FieldInfo::Type::plugin, std::move(doc));
    info.kind = Interface::kind;
    info.list = true;
    info.limits = limits;
    if (!limits.needed) info.default_value = Value(Array{});
    return add(std::move(info), [member](Config& config, const Value& value, const FieldInfo& field,
                                         SchemaReader& reader) {
      const Array* array = schema_detail::read_list(value, field, reader);
      if (!array) return;
      for (const Value& item : *array) {
        InTable inside(reader, field.key, (config.*member).size());
        (config.*member)
            .push_back(hold<Interface>(schema_detail::read_plugin(item, field, reader)));
      }
    });
  }

  // A rule across fields: check([](const Config& config, Checks& checks) { ... }). Called only if
  // every field by itself was right.
  template <class Rule>
  Schema& check(Rule rule) {
    rules_.push_back(std::make_shared<std::function<void(const Config&, Checks&)>>(rule));
    return *this;
  }

  const SchemaInfo& info() const override { return info_; }
  void check(const Value& table, SchemaReader& reader) const override { read(table, reader); }

  Config read(const Value& table, SchemaReader& reader) const {
    Config config{};
    const std::size_t before = reader.problems().list().size();
    const Value empty(Table{}, table.spot());
    schema_detail::check_keys(table, info_, reader);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      const FieldInfo& field = info_.fields[i];
      const Value* value = table.table()->find(field.key);
      if (!value && field.type == FieldInfo::Type::table && !field.list) value = &empty;
      if (value) fields_[i]->read_into(config, *value, field, reader);
    }
    if (reader.problems().list().size() == before) {
      Checks checks(table, info_, reader);
      for (const auto& rule : rules_) (*rule)(config, checks);
    }
    return config;
  }

 private:
  using AnyField = schema_detail::Field<Config>;

  template <class Member>
  static auto plain(Member member) {
    return
        [member](Config& config, const Value& value, const FieldInfo& field, SchemaReader& reader) {
          schema_detail::read(value, field, reader, config.*member);
        };
  }

  template <class Interface>
  static Held<Interface> hold(std::pair<std::shared_ptr<Plugin>, std::string> built) {
    return {std::dynamic_pointer_cast<Interface>(built.first), std::move(built.second)};
  }

  template <class Function>
  Schema& add(FieldInfo info, Function function) {
    schema_detail::declare(info_, std::move(info));
    fields_.push_back(
        std::make_shared<const schema_detail::FieldOf<Config, Function>>(std::move(function)));
    return *this;
  }

  SchemaInfo info_;
  std::vector<std::shared_ptr<const AnyField>> fields_;
  std::vector<std::shared_ptr<std::function<void(const Config&, Checks&)>>> rules_;
};

}  // namespace r50
