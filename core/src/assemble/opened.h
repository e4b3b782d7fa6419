#pragma once

// From the files on the command line to a checked experiment and the host that knows its plugins.

#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "config/document.h"
#include "config/experiment.h"
#include "config/rate_from_file.h"
#include "plugin/host.h"

namespace r50::assemble {

struct Opened {
  std::unique_ptr<host::Host> host;  // outlives whatever it builds
  config::Experiment experiment;
};

// `paths`: see config/document.h. Throws WrongInput with every problem of the files at once.
Opened open_experiment(base::Files& files, const std::vector<std::string>& paths,
                       const std::vector<config::OverrideWord>& overrides,
                       config::SchedulerRates scheduler = config::SchedulerRates::from_files);
Opened open_experiment(base::Files& files, const std::vector<std::string>& paths,
                       const std::vector<std::string>& of_command_line,
                       config::SchedulerRates scheduler = config::SchedulerRates::from_files);

}  // namespace r50::assemble
