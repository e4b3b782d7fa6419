#pragma once

// What goes along while a table is read by its schema: where in the file it stands, how long the
// run is, what complaints there are, and where plugins inside the plugin come from.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "r50/error.h"
#include "r50/field_info.h"
#include "r50/units.h"
#include "r50/value.h"

namespace r50 {

class Plugin;

// How a schema reaches plugins that stand inside other plugins (`sequence` of schedulers). The host
// implements it; tests and fuzzers have small ones of their own.
class PluginSource {
 public:
  virtual ~PluginSource();
  // The schema of the plugin that `table` names by its `use`; null once `problems` has the reason.
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
  // Complains if `when` lies at or after the end of the run, as far as that is known now.
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
  // Adds to reader.problems() all that is wrong with the table, nested plugins included.
  virtual void check(const Value& table, SchemaReader& reader) const = 0;
};

}  // namespace r50
