#pragma once

#include <array>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "r50/abi.h"
#include "r50/error.h"
#include "r50/schema.h"

namespace r50 {

class Archive;  // r50/archive.h; only plugins that have state include it

// The only list of the kinds, in the order of an experiment's tables. Of each: its name, its
// interface, and the tables an experiment has for it. That is `one` table [model]; `stages`, a list
// [[augmentation]] of which each says when it works; or `named`, a list [[logger]] of which each
// has a name. R50AddPlugin.cmake and tools/dev/new_plugin read the names here.
#define R50_KINDS(X)                    \
  X(dataset, Dataset, one)              \
  X(augmentation, Augmentation, stages) \
  X(model, Model, one)                  \
  X(optimizer, Optimizer, one)          \
  X(loss, Loss, one)                    \
  X(scheduler, Scheduler, one)          \
  X(averaging, Averaging, named)        \
  X(logger, Logger, named)

#define R50_KIND(kind, Interface, tables) kind,
enum class Kind { R50_KINDS(R50_KIND) };
#undef R50_KIND
#define R50_KIND(kind, Interface, tables) Kind::kind,
inline constexpr std::array kinds = {R50_KINDS(R50_KIND)};
#undef R50_KIND
std::string_view kind_name(Kind kind);

// The root of the eight interfaces. A constructed plugin is valid: there is no second step.
//
// State is what the past produced, never configuration, so that a run can resume under a changed
// file. save and load are called at step boundaries, on the training thread.
class Plugin {
 public:
  Plugin() = default;
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  virtual ~Plugin();

  virtual void save(Archive& archive) const;  // default: no state
  virtual void load(const Archive& archive);
  // False for a plugin that has state but cannot save it: the run then says at its start that it
  // cannot be continued.
  virtual bool resumable() const { return true; }
};

// Thrown for anything that escapes a plugin; names the plugin and its file.
class PluginFailure : public Error {
 public:
  PluginFailure(const std::string& label, const std::string& what, Exit code = Exit::failed);
  ~PluginFailure() override;
  Exit exit_code() const override { return code_; }

 private:
  Exit code_;
};

// Rethrows the exception in flight as a PluginFailure. BadSample and Stopped pass through
// unchanged, since they are ways of answering; a libtorch error keeps its first line.
[[noreturn]] void rethrow_from_plugin(const std::string& label);

// A built plugin, and the only way to call one: what it throws gets the plugin's name and file.
template <class Interface>
class Held {
 public:
  Held() = default;
  Held(std::shared_ptr<Interface> object, std::string label)
      : object_(std::move(object)), label_(std::move(label)) {}

  explicit operator bool() const { return object_ != nullptr; }
  const std::string& label() const { return label_; }  // "scheduler 'cosine' (/.../x.so)"

  // held.call([&](auto& scheduler) { return scheduler.rates(progress); })
  template <class Call>
  decltype(auto) call(Call&& call) const {
    try {
      return std::forward<Call>(call)(*object_);
    } catch (...) {
      rethrow_from_plugin(label_);
    }
  }

  // Null unless the plugin is a Derived: it distinguishes the three augmentation stages.
  template <class Derived>
  Held<Derived> as() const {
    return {std::dynamic_pointer_cast<Derived>(object_), label_};
  }

 private:
  std::shared_ptr<Interface> object_;
  std::string label_;
};

// What a plugin's file says about the one plugin in it.
struct PluginEntry {
  Kind kind{};
  std::string name;
  std::shared_ptr<const AnySchema> schema;
  // Called only with a table in which `schema` found no problem. `facts` is the Facts of the kind's
  // interface; a nested plugin gets the same facts as the plugin around it.
  std::function<std::shared_ptr<Plugin>(const Value& table, SchemaReader& reader,
                                        const void* facts)>
      build;
};

// Given to a plugin file's entry function. Explicit, so that nothing happens by merely loading.
class Registrar {
 public:
  virtual ~Registrar();
  virtual void add(PluginEntry entry) = 0;

  template <class Class>
  void add(std::string name) {
    using Config = typename decltype(Class::schema())::Config;
    using Facts = typename Class::Facts;
    auto schema = std::make_shared<const Schema<Config>>(Class::schema());
    refuse_host_keys(schema->info());
    add({Class::kind, std::move(name), schema,
         [schema](const Value& table, SchemaReader& reader, const void* facts) {
           return std::make_shared<Class>(schema->read(table, reader),
                                          *static_cast<const Facts*>(facts));
         }});
  }
};

}  // namespace r50

// The fuzzers compile several plugins into one program and give each entry a name of its own.
#ifndef R50_PLUGIN_ENTRY
#define R50_PLUGIN_ENTRY r50_register
#endif

// The one line a plugin's file ends with: R50_PLUGIN(Cosine, "cosine")
#define R50_PLUGIN(Class, name)                                                         \
  namespace {                                                                           \
  __attribute__((section(R50_STAMP), used, retain)) const unsigned r50_stamp = R50_ABI; \
  }                                                                                     \
  extern "C" R50_EXPORT void R50_PLUGIN_ENTRY(::r50::Registrar& registrar) {            \
    registrar.add<Class>(name);                                                         \
  }
