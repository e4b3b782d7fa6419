#include "contract/contract.h"

#include <filesystem>

#include "contract/subject.h"

namespace r50::contract {

namespace {

void check_kind(Subject& subject) {
  switch (subject.plugin().entry.kind) {
#define R50_KIND(kind, Interface, tables) \
  case Kind::kind:                        \
    return check_##kind(subject);
    R50_KINDS(R50_KIND)
#undef R50_KIND
  }
}

}  // namespace

Report check_plugin(host::Host& host, const host::LoadedPlugin& plugin, const Value& given) {
  Report report;
  report.check("the file is called by its kind and name", [&] {
    const std::string wanted = host::file_name(plugin.entry.kind, plugin.entry.name);
    const std::string is = std::filesystem::path(plugin.file).filename().string();
    expect(is == wanted, "it is called " + is + "; use = \"" + plugin.entry.name +
                             "\" finds only a file called " + wanted);
  });
  std::optional<Value> table;
  report.check("the keys without a default can be given values",
               [&] { table = example_table(host, plugin, given); });
  if (!table) return report;
  Subject subject(host, plugin, *table, report);
  check_schema(subject);
  if (report.good()) check_kind(subject);  // without a plugin there is nothing to check
  return report;
}

}  // namespace r50::contract
