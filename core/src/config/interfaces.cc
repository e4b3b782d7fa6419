// What the interfaces that know no tensors need outside their headers. A class's type information
// lies where its first out-of-line virtual function lies: here, once, so that exceptions and
// dynamic casts work across plugins, which are loaded with local symbols.

#include <absl/strings/str_format.h>
#include <new>

#include "r50/dataset.h"
#include "r50/logger.h"
#include "r50/plugin.h"
#include "r50/scheduler.h"

namespace r50 {

std::string_view kind_name(Kind kind) {
  switch (kind) {
#define R50_KIND(kind, Interface, tables) \
  case Kind::kind:                        \
    return #kind;
    R50_KINDS(R50_KIND)
#undef R50_KIND
  }
  return "unknown kind";
}

PluginSource::~PluginSource() = default;
AnySchema::~AnySchema() = default;
Registrar::~Registrar() = default;

Plugin::~Plugin() = default;
void Plugin::save(Archive&) const {}
void Plugin::load(const Archive&) {}

Dataset::~Dataset() = default;
std::string Dataset::name_of(Split split, std::int64_t index) const {
  return absl::StrFormat("%s sample %d", split == Split::train ? "training" : "evaluation", index);
}

Scheduler::~Scheduler() = default;
void Scheduler::observe(const EpochResult&) {}

Logger::~Logger() = default;
void Logger::ended(const std::string&) {}

PluginFailure::PluginFailure(const std::string& label, const std::string& what, Exit code)
    : Error(label + ": " + what), code_(code) {}
PluginFailure::~PluginFailure() = default;

namespace {

// libtorch appends the C++ stack to what it says; a user needs the first line.
std::string without_stack(const std::string& text) {
  if (text.find("\nException raised from ") == std::string::npos) return text;
  return text.substr(0, text.find('\n'));
}

}  // namespace

// The cause is nested in the failure, for callers that treat an exhausted memory in their own way.
void rethrow_from_plugin(const std::string& label) {
  try {
    throw;
  } catch (const BadSample&) {
    throw;
  } catch (const Stopped&) {
    throw;
  } catch (const PluginFailure&) {
    throw;  // of a plugin inside this one, which is already named
  } catch (const Error& error) {
    std::throw_with_nested(PluginFailure(label, error.what(), error.exit_code()));
  } catch (const std::bad_alloc&) {
    std::throw_with_nested(PluginFailure(label, "out of memory"));
  } catch (const std::exception& error) {
    std::throw_with_nested(PluginFailure(label, without_stack(error.what())));
  } catch (...) {
    std::throw_with_nested(PluginFailure(label, "threw something that is no std::exception"));
  }
}

}  // namespace r50
