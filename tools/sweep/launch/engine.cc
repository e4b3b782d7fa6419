#include "sweep/launch/engine.h"

#include <poll.h>

#include <algorithm>
#include <cctype>
#include <random>

#include <absl/strings/str_format.h>

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
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  for (char& letter : text) {
    if (letter == '\n') letter = ' ';
  }
  if (text.empty()) return absl::StrFormat("exit code %d", finished.exit_code);
  return text.size() > 500 ? text.substr(0, 500) + " ..." : text;
}

std::string fresh_token() {
  std::random_device device;
  return absl::StrFormat("%08x", device());
}

std::string plain_name(const std::string& text) {
  std::string name;
  for (const char letter : text.substr(0, 40)) {
    name += std::isalnum(static_cast<unsigned char>(letter)) ? letter : '-';
  }
  return name;
}

bool is_handle_of(const std::string& launcher, const std::string& handle) {
  return handle.rfind(launcher + " ", 0) == 0;
}

bool is_engine_handle(const std::string& handle) {
  return is_handle_of("slurm", handle) || is_handle_of("command", handle) ||
         is_handle_of("command-revoked", handle) || is_handle_of("kubernetes", handle);
}

Life LateFiles::gone(const std::string& handle, const std::string& folder) {
  const double now = clock_.seconds();
  const double since = since_.emplace(handle, now).first->second;
  const bool known = files_.exists(folder + "/exit") || files_.exists(folder + "/result.json");
  if (!known && now - since < seconds_) return Life::alive;
  since_.erase(handle);
  return Life::gone;
}

}  // namespace r50::sweep
