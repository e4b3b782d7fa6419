#include "plugin/library.h"

#include <absl/strings/str_format.h>
#include <cxxabi.h>

#include <cctype>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>
#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>

#include "r50/error.h"

namespace r50::host {

namespace {

constexpr const char* entry_function = "r50_register";

[[noreturn]] void refuse(const std::string& file, const std::string& what,
                         const std::string& hint) {
  Problems problems;
  problems.add({}, "the plugin file '" + file + "' " + what, hint);
  throw WrongInput(std::move(problems));
}

class Collector final : public Registrar {
 public:
  void add(PluginEntry entry) override { entries_.push_back(std::move(entry)); }
  std::vector<PluginEntry>& entries() { return entries_; }

 private:
  std::vector<PluginEntry> entries_;
};

// Handles are kept in one object that is never destroyed. Code of a plugin runs until the very end
// of the process: destructors of what it made, of exceptions it threw, of its statics. And
// unloading would be an illusion: one inline variable or std::make_shared in a plugin leaves a
// GNU_UNIQUE symbol behind, with which dlclose succeeds and keeps the file.
boost::dll::shared_library& keep(boost::dll::shared_library library) {
  static auto* const handles = new std::vector<std::unique_ptr<boost::dll::shared_library>>;
  handles->push_back(std::make_unique<boost::dll::shared_library>(std::move(library)));
  return *handles->back();
}

std::string demangled(const std::string& symbol) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free);
  return status == 0 && text ? text.get() : symbol;
}

boost::dll::shared_library open(const std::string& file) {
  // now: a missing symbol shows here and not in the middle of a night. local: two plugins may
  // define the same names. Never deepbind: it gives a plugin an iostream and an allocator of its
  // own.
  namespace mode = boost::dll::load_mode;
  try {
    return boost::dll::shared_library(file, mode::rtld_now | mode::rtld_local);
  } catch (const std::exception& error) {
    const std::string reason = readable_load_error(error.what(), file);
    if (reason.starts_with("undefined symbol")) {
      refuse(file, "cannot be loaded: it uses something that no library provides (" + reason + ")",
             "build it again against this r50; libraries of its own are linked by "
             "r50_add_plugin(... LIBRARIES ...)");
    }
    refuse(file, "cannot be loaded: " + reason,
           "`ldd '" + file + "'` shows the libraries it needs");
  }
}

void call_entry(const std::string& file, boost::dll::shared_library& library,
                Collector& collector) {
  const std::string failed =
      "fails to describe its plugin, in its schema or in " + std::string(entry_function) + ": ";
  const std::string hint = "this is a mistake in the plugin's source";
  try {
    library.get<void(Registrar&)>(entry_function)(collector);
  } catch (const std::exception& error) {
    refuse(file, failed + error.what(), hint);
  } catch (...) {
    refuse(file, failed + "it throws something that is no std::exception", hint);
  }
}

class GuardedSchema final : public AnySchema {
 public:
  GuardedSchema(std::shared_ptr<const AnySchema> schema, std::string label)
      : schema_(std::move(schema)), label_(std::move(label)) {}

  const SchemaInfo& info() const override { return schema_->info(); }

  void check(const Value& table, SchemaReader& reader) const override {
    try {
      schema_->check(table, reader);
    } catch (const BadKey& error) {
      add_bad_key(error, table, label_, reader.problems());
    } catch (...) {
      rethrow_from_plugin(label_);
    }
  }

 private:
  std::shared_ptr<const AnySchema> schema_;
  std::string label_;
};

}  // namespace

std::string readable_load_error(std::string text, const std::string& file) {
  // Boost wraps dlerror's text into its own, and ends it with an errno that has nothing to do with
  // what happened: "Bad file descriptor".
  constexpr std::string_view before = "(dlerror system message: ";
  if (const std::size_t start = text.find(before); start != std::string::npos) {
    text.erase(0, start + before.size());
    if (const std::size_t end = text.rfind("): "); end != std::string::npos) text.resize(end);
  }
  if (text.starts_with(file + ": ")) text.erase(0, file.size() + 2);
  for (std::size_t at = text.find("_Z"); at != std::string::npos; at = text.find("_Z", at)) {
    std::size_t end = at;
    while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 ||
                                 text[end] == '_' || text[end] == '.' || text[end] == '$')) {
      ++end;
    }
    const std::string name = demangled(text.substr(at, end - at));
    text.replace(at, end - at, name);
    at += name.size();
  }
  return text;
}

PluginEntry load_library(const std::string& file) {
  boost::dll::shared_library& library = keep(open(file));
  if (!library.has(entry_function)) {
    refuse(file, "has an r50 stamp but no entry function " + std::string(entry_function),
           "a plugin's source ends with R50_PLUGIN(Class, \"name\")");
  }
  Collector collector;
  call_entry(file, library, collector);
  if (collector.entries().size() != 1) {
    std::string names;
    for (const PluginEntry& entry : collector.entries()) {
      names += (names.empty() ? ": " : ", ") + entry.name;
    }
    refuse(file, absl::StrFormat("registers %d plugins%s", collector.entries().size(), names),
           "one file holds exactly one plugin");
  }
  PluginEntry entry = std::move(collector.entries().front());
  if (entry.name.empty() || !entry.schema || !entry.build) {
    refuse(file, "registers a plugin without a name, a schema or a way to build it",
           "let R50_PLUGIN(Class, \"name\") register it");
  }
  return entry;
}

std::shared_ptr<const AnySchema> guard(std::shared_ptr<const AnySchema> schema, std::string label) {
  return std::make_shared<GuardedSchema>(std::move(schema), std::move(label));
}

void add_bad_key(const BadKey& error, const Value& table, const std::string& label,
                 Problems& problems) {
  const Value* place = nullptr;
  if (const Table* keys = table.table()) {
    place = keys->find(error.key());
    if (!place) place = keys->find("use");  // the key was left to its default
  }
  problems.add(place ? place->spot() : table.spot(),
               "'" + error.key() + "' of " + label + ": " + error.what(), error.hint());
}

}  // namespace r50::host
