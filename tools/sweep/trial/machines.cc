#include "sweep/trial/machines.h"

#include <nlohmann/json.hpp>

namespace r50::sweep {
namespace {

using MachinesJson = nlohmann::json;

// None of a file that is not there (on a network file system it may go between a look and a read),
// or cannot be read: the trial's own run will refuse it.
MachinesJson run_json(base::Files& files, const std::string& trial_folder) {
  const std::string path = trial_folder + "/run.json";
  if (!files.exists(path)) return {};
  try {
    return MachinesJson::parse(files.read(path), nullptr, /*allow_exceptions=*/false);
  } catch (const base::FileError&) {
    return {};
  }
}

}  // namespace

Machines read_machines(base::Files& files, const std::string& trial_folder) {
  const MachinesJson json = run_json(files, trial_folder);
  if (!json.is_object()) return {};
  try {
    Machines machines;
    machines.times_anew = json.value("begun_anew", std::int64_t{0});
    if (machines.times_anew > 0) machines.began_anew = json.value("past_left", std::string());
    // Another build is the controller's own business (builds.h).
    for (const MachinesJson& start : json.value("went_on", MachinesJson::array())) {
      machines.went_on = start.value("machine", machines.went_on);
    }
    return machines;
  } catch (const MachinesJson::exception&) {
    return {};
  }
}

std::string machine_kind(base::Files& files, const std::string& trial_folder) {
  const MachinesJson json = run_json(files, trial_folder);
  if (!json.is_object()) return "";
  std::string kind;
  for (const char* key : {"device", "gpu", "instructions", "compute_threads", "precision"}) {
    if (json.contains(key)) kind += std::string(key) + " " + json[key].dump() + "\n";
  }
  return kind;
}

}  // namespace r50::sweep
