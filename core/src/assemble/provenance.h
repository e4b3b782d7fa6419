#pragma once

// run.json: what a run was made with. None of it is configuration, all of it can change the bits,
// so a continuation compares and says what is no longer the same.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/files.h"
#include "machine/machine.h"
#include "plugin/host.h"

namespace r50::assemble {

struct PluginProvenance {
  std::string kind, name, stamp, content;  // content: a hash of the file
  friend bool operator==(const PluginProvenance&, const PluginProvenance&) = default;
};

// A start on a machine or with a build that is not that of the start before.
struct WentOn {
  std::int64_t step = 0;
  std::string machine, build;  // what was other; empty: nothing
};

struct Provenance {
  std::string id;  // of the experiment
  std::string r50, libtorch, device, gpu, cpu, instructions, precision, data_fingerprint, git;
  int compute_threads = 0;
  std::vector<PluginProvenance> plugins;
  std::vector<WentOn> went_on;
};

Provenance identify(const std::string& id, const machine::Machine& machine,
                    const std::string& fingerprint, const host::Host& host, base::Files& files);

std::string to_json(const Provenance& identity);
Provenance provenance_from_json(const std::string& text);  // throws Error

// What would make a run that was begun with `then` not bit-exact from here: one sentence, parts of
// it joined by "; ". Empty: nothing.
std::string machine_changes(const Provenance& then, const machine::Machine& now);
std::string build_changes(const Provenance& then, const Provenance& now);

// By what a run would be trained: "r50run", "libtorch" and each plugin that the host has loaded
// ("optimizer plugin sgd"), with what distinguishes its builds. Files are read once a process.
std::map<std::string, std::string> build_stamp(const host::Host& host, base::Files& files);

}  // namespace r50::assemble
