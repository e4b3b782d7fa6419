#include "sweep/trial/run_record.h"

#include <nlohmann/json.hpp>

namespace r50::sweep {

std::string machine_changes(base::Files& files, const std::string& trial_folder) {
  using Json = nlohmann::json;
  const std::string path = trial_folder + "/run.json";
  if (!files.exists(path)) return "";
  try {
    std::string changes;
    const Json json = Json::parse(files.read(path));
    // Another build is the controller's own business (builds.h).
    for (const Json& start : json.value("went_on", Json::array())) {
      changes = start.value("machine", changes);
    }
    return changes;
  } catch (const Json::exception&) {
    return "";
  } catch (const base::FileError&) {  // on a network file system it may go between look and read
    return "";
  }
}

}  // namespace r50::sweep
