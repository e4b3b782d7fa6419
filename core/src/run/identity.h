#pragma once

// run.json: what a run was made with. None of it is configuration, all of it can change the bits,
// so a continuation compares and says what is no longer the same.

#include <string>
#include <vector>

#include "base/files.h"
#include "plugin/host.h"
#include "run/machine.h"

namespace r50::run {

struct PluginIdentity {
  std::string kind, name, stamp, content;  // content: a hash of the file
  friend bool operator==(const PluginIdentity&, const PluginIdentity&) = default;
};

struct Identity {
  std::string id;  // of the experiment
  std::string r50, libtorch, device, gpu, cpu, instructions, precision, data_fingerprint, git;
  int compute_threads = 0;
  std::vector<PluginIdentity> plugins;
};

Identity identify(const std::string& id, const Machine& machine, const std::string& fingerprint,
                  const host::Host& host, base::Files& files);

std::string to_json(const Identity& identity);
Identity identity_from_json(const std::string& text);  // throws Error

// Why a run begun with `then` is not bit-exact when continued with `now`, one reason an item.
std::vector<std::string> reasons_not_exact(const Identity& then, const Identity& now);

}  // namespace r50::run
