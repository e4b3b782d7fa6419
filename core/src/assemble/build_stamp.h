#pragma once

#include <map>
#include <string>

#include "base/files.h"
#include "plugin/host.h"

namespace r50::assemble {

// By what a run would be trained: "r50run", "libtorch" and each plugin that the host has loaded
// ("optimizer plugin sgd"), with what distinguishes its builds. Files are read once a process.
std::map<std::string, std::string> build_stamp(const host::Host& host, base::Files& files);

}  // namespace r50::assemble
