#include "sweep/launch/engine.h"

#include <poll.h>

#include <absl/strings/ascii.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <random>
#include <sstream>

#include "sweep/launch/keeper.h"

namespace r50::sweep {

Engine real_engine(std::function<void(const std::string&)> tell) {
  const auto run = [](const std::vector<std::string>& argv, const base::ProcessOptions& options) {
    // In a process group of its own, so that Ctrl-C reaches the controller only.
    std::vector<std::string> words = {"timeout", "-k", "5", "120"};
    words.insert(words.end(), argv.begin(), argv.end());
    return base::run_process(words, options);
  };
  const auto rest = [](double seconds) {
    ::poll(nullptr, 0, static_cast<int>(std::max(0.0, seconds) * 1000));
  };
  return {base::real_files(), base::real_clock(), run, std::move(tell), rest};
}

std::string complaint(const base::Finished& finished) {
  if (finished.exit_code == 124) return "no answer within two minutes";
  std::string text = finished.errors.empty() ? finished.output : finished.errors;
  absl::StripTrailingAsciiWhitespace(&text);
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.empty()) return absl::StrFormat("exit code %d", finished.exit_code);
  return text.size() > 500 ? text.substr(0, 500) + " ..." : text;
}

std::string fresh_token() {
  std::random_device device;
  return absl::StrFormat("%08x", device());
}

std::string ArrayHandle::text() const {
  return absl::StrFormat("%s %s %d %s", launcher, name, index, trial);
}

std::optional<ArrayHandle> ArrayHandle::parse(const std::string& launcher,
                                              const std::string& text) {
  std::istringstream words(text);
  ArrayHandle handle;
  const bool whole{words >> handle.launcher >> handle.name >> handle.index >> handle.trial};
  return whole && handle.launcher == launcher ? std::optional(handle) : std::nullopt;
}

bool is_engine_handle(const std::string& handle) {
  return handle.starts_with("slurm ") || handle.starts_with("command ") ||
         handle.starts_with("command-revoked ") || handle.starts_with("kubernetes ");
}

EngineLauncher::EngineLauncher(const LauncherTable& table, std::string sweep, std::string folder,
                               Engine engine)
    : table_(table),
      sweep_(std::move(sweep)),
      folder_(std::move(folder)),
      engine_(std::move(engine)) {}

int EngineLauncher::room() {
  if (engine_.clock.seconds() < again_at_) return 0;
  const std::int64_t most =
      table_.slots > 0 ? std::min(table_.slots, table_.queue_max) : table_.queue_max;
  return static_cast<int>(std::max<std::int64_t>(0, most - static_cast<std::int64_t>(jobs())));
}

std::string EngineLauncher::job_name(const std::string& token) const {
  std::string name = sweep_.substr(0, 40);
  std::replace_if(
      name.begin(), name.end(), [](unsigned char letter) { return !absl::ascii_isalnum(letter); },
      '-');
  return "r50-" + name + "-" + token;
}

void EngineLauncher::write_script(const Launch& launch, const std::string& handle,
                                  const std::string& start_again) {
  forget_last_start(engine_.files, launch.folder);
  base::replace_whole(
      engine_.files, launch.folder + "/run.sh",
      job_keeper(launch, handle, {static_cast<int>(table_.late_seconds), start_again}));
}

Life EngineLauncher::gone(const std::string& handle, const std::string& folder) {
  const double now = engine_.clock.seconds();
  const double since = gone_since_.emplace(handle, now).first->second;
  const bool known =
      engine_.files.exists(folder + "/exit") || engine_.files.exists(folder + "/result.json");
  if (!known && now - since < static_cast<double>(table_.late_seconds)) return Life::alive;
  gone_since_.erase(handle);
  return Life::gone;
}

void EngineLauncher::tell_once(const std::string& text, const std::string& more) {
  if (told_.insert(text).second) engine_.tell(text + more);
}

void EngineLauncher::refuse_starts_for_now() { again_at_ = engine_.clock.seconds() + 60; }

}  // namespace r50::sweep
