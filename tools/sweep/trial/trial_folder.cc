#include "sweep/trial/trial_folder.h"

#include <absl/strings/ascii.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace r50::sweep {

std::string log_tail(base::Files& files, const std::string& trial_folder, int lines) {
  std::string text;
  for (const char* name : {"output.txt", "log.txt"}) {
    const std::string path = trial_folder + "/" + name;
    if (files.exists(path)) text = files.read(path);
    if (!text.empty()) break;
  }
  absl::StripTrailingAsciiWhitespace(&text);
  std::size_t from = text.size();
  for (int i = 0; i < lines && from != std::string::npos && from > 0; ++i) {
    from = text.rfind('\n', from - 1);
  }
  return from == std::string::npos || from == 0 ? text : text.substr(from + 1);
}

std::vector<std::string> checkpoint_files(base::Files& files, const std::string& trial_folder) {
  const std::string folder = trial_folder + "/checkpoints";
  std::vector<std::string> paths;
  if (!files.exists(folder)) return paths;
  for (const std::string& name : files.list(folder)) {
    if (name.size() > 3 && name.ends_with(".pt")) paths.push_back(folder + "/" + name);
  }
  return paths;
}

std::optional<RunRecord> read_run_record(base::Files& files, const std::string& trial_folder) {
  using Json = nlohmann::json;
  const std::string path = trial_folder + "/run.json";
  if (!files.exists(path)) return std::nullopt;
  try {
    const Json json = Json::parse(files.read(path, 1'000'000));
    RunRecord record;
    record.device = json.value("device", "");
    record.cpu = json.value("cpu", "");
    record.gpu = json.value("gpu", "");
    record.compute_threads = json.value("compute_threads", std::int64_t{0});
    for (const Json& start : json.value("went_on", Json::array())) {
      record.went_on = start.value("machine", record.went_on);
    }
    return record;
  } catch (const Json::exception&) {
    return std::nullopt;
  } catch (
      const base::FileError&) {  // on a network file system it may vanish between look and read
    return std::nullopt;
  }
}

std::optional<double> written_at(const std::string& path) {
  struct stat about = {};
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  return static_cast<double>(about.st_mtim.tv_sec) +
         1e-9 * static_cast<double>(about.st_mtim.tv_nsec);
}

double seconds_without_controller(const std::string& folder, double began, const base::Clock& clock,
                                  bool ended) {
  if (began <= 0) return 0;
  const double now = clock.wall_seconds();
  double last = ended ? began : now;
  if (ended) {
    for (const char* name : {"/exit", "/result.json", "/metrics.jsonl", "/log.txt"}) {
      last = std::max(last, written_at(folder + name).value_or(0));
    }
  }
  return std::max(0.0, std::min(last, now) - began);
}

}  // namespace r50::sweep
