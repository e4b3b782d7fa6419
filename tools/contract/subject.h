#pragma once

// The plugin being looked at, and the small run it is asked to serve.

#include <string>
#include <vector>

#include "contract/report.h"
#include "plugin/host.h"
#include "r50/progress.h"

namespace r50::contract {

// 20 epochs of 5 steps of 8 images of 32 pixels a side, in 4 classes.
RunFacts small_run(std::uint64_t seed = 7);

class Subject {
 public:
  Subject(host::Host& host, const host::LoadedPlugin& plugin, Value table, Report& report)
      : host_(host), plugin_(plugin), table_(std::move(table)), report_(report) {}

  const host::LoadedPlugin& plugin() const { return plugin_; }
  const SchemaInfo& info() const { return plugin_.entry.schema->info(); }
  host::Host& host() const { return host_; }
  // `use` and a value for every key that must be written.
  const Value& table() const { return table_; }
  Report& report() const { return report_; }

  Problems problems(const Value& table) const;

  template <class Interface>
  Held<Interface> make(const typename Interface::Facts& facts) const {
    return make<Interface>(facts, table_);
  }
  template <class Interface>
  Held<Interface> make(const typename Interface::Facts& facts, const Value& table) const {
    return host_.make<Interface>(table, facts);
  }

  // Tables that the schema accepts and that differ from table() in one key each.
  const std::vector<Value>& other_configurations() const;

 private:
  host::Host& host_;
  const host::LoadedPlugin& plugin_;
  Value table_;
  Report& report_;
  mutable std::vector<Value> others_;
  mutable bool others_known_ = false;
};

// The key in which a configuration differs from the subject's own, for messages.
std::string changed_key(const Subject& subject, const Value& other);

// What a schema, asked about keys that must be written, would take; throws Skipped, naming the key,
// where nobody can know (paths, mostly).
Value example_table(host::Host& host, const host::LoadedPlugin& plugin, const Value& given);

// What holds for plugins of every kind: docs, keys, defaults, messages.
void check_schema(Subject& subject);

// What an interface promises: read beside the interface's own header.
#define R50_KIND(kind, Interface, tables) void check_##kind(Subject& subject);
R50_KINDS(R50_KIND)
#undef R50_KIND

}  // namespace r50::contract
