#include "sweep/launch/process_mark.h"

#include <sstream>

#include "base/files.h"
#include "base/process.h"

namespace r50::sweep {
namespace {

std::string boot_id() {
  std::string text = base::real_files().read("/proc/sys/kernel/random/boot_id", 100);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

struct Status {
  char state = 'X';
  std::int64_t start = 0;
};

// Of /proc/PID/stat, whose second word is a name in brackets that may hold anything.
Status status_of(int pid) {
  Status status;
  std::string text;
  try {
    text = base::real_files().read("/proc/" + std::to_string(pid) + "/stat", 4096);
  } catch (const base::FileError&) {
    return status;
  }
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return status;
  std::istringstream words(text.substr(name_end + 1));
  std::string word;
  words >> status.state;
  for (int i = 4; i <= 21; ++i) words >> word;
  words >> status.start;
  return status;
}

}  // namespace

std::string ProcessMark::text() const {
  return host + " " + boot + " " + std::to_string(pid) + " " + std::to_string(start);
}

std::optional<ProcessMark> ProcessMark::parse(const std::string& text) {
  std::istringstream words(text);
  ProcessMark mark;
  if (words >> mark.host >> mark.boot >> mark.pid >> mark.start) return mark;
  return std::nullopt;
}

bool ProcessMark::of_this_host() const { return host == base::host_name(); }

bool ProcessMark::alive() const {
  if (boot != boot_id() || start == 0) return false;
  const Status now = status_of(pid);
  return now.start == start && now.state != 'Z' && now.state != 'X';
}

ProcessMark mark_process(int pid) {
  return {base::host_name(), boot_id(), pid, status_of(pid).start};
}

}  // namespace r50::sweep
