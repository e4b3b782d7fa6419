#include "sweep/launch/process_mark.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <sstream>

#include "base/files.h"
#include "base/process.h"

namespace r50::sweep {
namespace {

std::string boot_id() {
  std::string text = base::real_files().read("/proc/sys/kernel/random/boot_id", 100);
  absl::StripTrailingAsciiWhitespace(&text);
  return text;
}

ProcessStat stat_of(int pid) { return read_process_stat(absl::StrCat("/proc/", pid, "/stat")); }

}  // namespace

std::string ProcessMark::text() const {
  return absl::StrCat(host, " ", boot, " ", pid, " ", start);
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
  const ProcessStat now = stat_of(pid);
  return now.start == start && now.state != 'Z' && now.state != 'X';
}

ProcessMark mark_process(int pid) {
  return {base::host_name(), boot_id(), pid, stat_of(pid).start};
}

// The second word is a name in brackets, which may hold anything.
ProcessStat read_process_stat(const std::string& path) {
  ProcessStat stat;
  std::string text;
  try {
    text = base::real_files().read(path, 4096);
  } catch (const base::FileError&) {
    return stat;
  }
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return stat;
  std::istringstream words(text.substr(name_end + 1));
  std::string word;
  words >> stat.state >> stat.parent >> stat.group;
  for (int i = 6; i <= 21; ++i) words >> word;
  words >> stat.start;
  return stat;
}

}  // namespace r50::sweep
