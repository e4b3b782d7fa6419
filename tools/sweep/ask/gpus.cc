#include "sweep/ask/gpus.h"

#include <nlohmann/json.hpp>

#include "base/process.h"
#include "r50/error.h"
#include "sweep/ask/program.h"

namespace r50::sweep {

std::vector<std::string> gpus_of_r50run() {
  const base::Finished child = base::run_process({r50run_program(), "env", "--json"});
  if (child.exit_code != 0) {
    throw Error("r50run cannot say which GPUs it sees: " + child.errors);
  }
  return gpus_in(child.output);
}

std::vector<std::string> gpus_in(const std::string& env_json) {
  try {
    return nlohmann::json::parse(env_json).at("gpus").get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception& error) {
    throw Error("r50run env answers what this r50sweep does not understand (" +
                std::string(error.what()) + "); are both of one build?");
  }
}

}  // namespace r50::sweep
