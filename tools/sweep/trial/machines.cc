#include "sweep/trial/machines.h"

#include <nlohmann/json.hpp>

namespace r50::sweep {

Machines read_machines(base::Files& files, const std::string& trial_folder) {
  using Json = nlohmann::json;
  const std::string path = trial_folder + "/run.json";
  if (!files.exists(path)) return {};
  try {
    const Json json = Json::parse(files.read(path));
    Machines machines;
    // While the past is named, its files are about to go.
    if (!json.contains("past")) machines.began_anew = json.value("past_left", std::string());
    // Another build is the controller's own business (builds.h).
    for (const Json& start : json.value("went_on", Json::array())) {
      machines.went_on = start.value("machine", machines.went_on);
    }
    return machines;
  } catch (const Json::exception&) {
    return {};  // the trial's own run will refuse it
  }
}

}  // namespace r50::sweep
