#include "assemble/provenance.h"

#include <link.h>
#include <torch/headeronly/version.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/process.h"
#include "r50/error.h"

namespace r50::assemble {
namespace {

using Json = nlohmann::ordered_json;

// The commit the current directory is at: experiments usually live in a repository of their own.
std::string git_commit() {
  const auto asked = base::run_process({"git", "rev-parse", "--short=12", "HEAD"});
  if (asked.exit_code != 0) return "";
  std::string commit = asked.output.substr(0, asked.output.find('\n'));
  const auto changes = base::run_process({"git", "status", "--porcelain", "-uno"});
  if (changes.exit_code == 0 && !changes.output.empty()) commit += " with changes";
  return commit;
}

void add(std::string& reasons, const std::string& reason) {
  reasons += (reasons.empty() ? "" : "; ") + reason;
}

void compare(std::string& reasons, const std::string& what, const std::string& then,
             const std::string& now) {
  if (then != now) add(reasons, what + " was " + then + " and is " + now);
}

Json went_on_json(const WentOn& start) {
  Json json = {{"step", start.step}};
  if (!start.machine.empty()) json["machine"] = start.machine;
  if (!start.build.empty()) json["build"] = start.build;
  return json;
}

WentOn went_on_from(const Json& json) {
  return {json.at("step"), json.value("machine", std::string()),
          json.value("build", std::string())};
}

// This program and the libraries of r50 that it has loaded, but for plugins, which are asked for by
// themselves.
std::vector<std::string> own_files() {
  std::vector<std::string> files = {"/proc/self/exe"};
  const auto note = [](dl_phdr_info* object, std::size_t, void* into) {
    const std::string path = object->dlpi_name;
    if (std::filesystem::path(path).filename().string().rfind("libr50", 0) == 0) {
      static_cast<std::vector<std::string>*>(into)->push_back(path);
    }
    return 0;
  };
  ::dl_iterate_phdr(note, &files);
  return files;
}

std::string own_content(base::Files& files) {
  std::string hashes;
  for (const std::string& file : own_files()) hashes += base::content_hash(files.read(file));
  return base::short_id(hashes);
}

}  // namespace

Provenance identify(const std::string& id, const machine::Machine& machine,
                    const std::string& fingerprint, const host::Host& host, base::Files& files) {
  Provenance identity;
  identity.id = id;
  identity.r50 = R50_VERSION;
  identity.libtorch = machine.libtorch;
  identity.device = machine.device;
  identity.gpu = machine.gpu;
  identity.cpu = machine.cpu;
  identity.instructions = machine.instructions;
  identity.precision = machine::precision_name(machine.precision);
  identity.compute_threads = machine.compute_threads;
  identity.data_fingerprint = fingerprint;
  identity.git = git_commit();
  for (const host::LoadedPlugin* plugin : host.loaded()) {
    identity.plugins.push_back({std::string(kind_name(plugin->entry.kind)), plugin->entry.name,
                                plugin->stamp, base::content_hash(files.read(plugin->file))});
  }
  return identity;
}

std::string to_json(const Provenance& identity) {
  Json json;
  json["id"] = identity.id;
  json["r50"] = identity.r50;
  json["libtorch"] = identity.libtorch;
  json["device"] = identity.device;
  json["gpu"] = identity.gpu;
  json["cpu"] = identity.cpu;
  json["instructions"] = identity.instructions;
  json["compute_threads"] = identity.compute_threads;
  json["precision"] = identity.precision;
  json["data_fingerprint"] = identity.data_fingerprint;
  json["git"] = identity.git;
  json["plugins"] = Json::array();
  for (const PluginProvenance& plugin : identity.plugins) {
    json["plugins"].push_back({{"kind", plugin.kind},
                               {"name", plugin.name},
                               {"stamp", plugin.stamp},
                               {"content", plugin.content}});
  }
  for (const WentOn& start : identity.went_on) json["went_on"].push_back(went_on_json(start));
  return json.dump(2) + "\n";
}

Provenance provenance_from_json(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    Provenance identity;
    json.at("id").get_to(identity.id);
    json.at("r50").get_to(identity.r50);
    json.at("libtorch").get_to(identity.libtorch);
    json.at("device").get_to(identity.device);
    identity.gpu = json.value("gpu", std::string());  // older runs do not tell
    json.at("cpu").get_to(identity.cpu);
    json.at("instructions").get_to(identity.instructions);
    json.at("compute_threads").get_to(identity.compute_threads);
    json.at("precision").get_to(identity.precision);
    json.at("data_fingerprint").get_to(identity.data_fingerprint);
    json.at("git").get_to(identity.git);
    for (const Json& plugin : json.at("plugins")) {
      identity.plugins.push_back(
          {plugin.at("kind"), plugin.at("name"), plugin.at("stamp"), plugin.at("content")});
    }
    for (const Json& start : json.value("went_on", Json::array())) {
      identity.went_on.push_back(went_on_from(start));
    }
    return identity;
  } catch (const Json::exception& error) {
    throw Error(std::string("run.json cannot be read: ") + error.what());
  }
}

// Whether it is cuda:0 or cuda:1 makes no difference, but which GPU it is does.
std::string machine_changes(const Provenance& then, const machine::Machine& now) {
  std::string reasons;
  compare(reasons, "the device", then.gpu.empty() ? then.device : then.gpu,
          now.gpu.empty() ? now.device : now.gpu);
  compare(reasons, "the instruction set", then.instructions, now.instructions);
  compare(reasons, "the number of compute threads", std::to_string(then.compute_threads),
          std::to_string(now.compute_threads));
  compare(reasons, "the precision", then.precision, machine::precision_name(now.precision));
  return reasons;
}

std::string build_changes(const Provenance& then, const Provenance& now) {
  std::string reasons;
  compare(reasons, "r50", then.r50, now.r50);
  compare(reasons, "libtorch", then.libtorch, now.libtorch);
  for (const PluginProvenance& plugin : now.plugins) {
    for (const PluginProvenance& old : then.plugins) {
      if (old.kind == plugin.kind && old.name == plugin.name && old != plugin) {
        add(reasons, "the " + plugin.kind + " plugin '" + plugin.name + "' is another build");
      }
    }
  }
  return reasons;
}

std::map<std::string, std::string> build_stamp(const host::Host& host, base::Files& files) {
  static const std::string own = std::string(R50_VERSION " of content ") + own_content(files);
  static std::map<std::string, std::string> contents;  // of plugins, by their files
  std::map<std::string, std::string> stamp = {{"r50run", own}, {"libtorch", TORCH_VERSION}};
  for (const host::LoadedPlugin* plugin : host.loaded()) {
    std::string& content = contents[plugin->file];
    if (content.empty()) content = base::short_id(files.read(plugin->file));
    stamp[std::string(kind_name(plugin->entry.kind)) + " plugin " + plugin->entry.name] =
        "of content " + content;
  }
  return stamp;
}

}  // namespace r50::assemble
