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
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "r50/field_info.h"
#include "r50/schema_reader.h"
#include "r50/units.h"
#include "r50/value.h"

namespace r50 {

template <class Interface>
class Held;

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
// Unknown keys (with near guesses) and missing required keys. Host keys are for the code
// that reads the plugin's table and hands the rest to its schema; building ignores them.
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
