#pragma once

// A process, so described that another program knows it again, and does not take for it one that
// has its number later: after a restart of the machine, or on another machine.

#include <cstdint>
#include <optional>
#include <string>

namespace r50::sweep {

struct ProcessMark {
  std::string host, boot;  // the machine, and its latest start
  int pid = 0;
  std::int64_t start = 0;  // of the process, in ticks since the boot; 0: it was gone already

  std::string text() const;  // one line
  static std::optional<ProcessMark> parse(const std::string& text);
  bool of_this_host() const;
  // Of this host. A zombie is not alive: it writes nothing more.
  bool alive() const;
};

ProcessMark mark_process(int pid);

// /proc/PID/stat, or that of a thread. A process that is gone has the start 0.
struct ProcessStat {
  char state = '?';
  int parent = 0, group = 0;
  std::int64_t start = 0;  // in ticks since the boot
};
ProcessStat read_process_stat(const std::string& path);

}  // namespace r50::sweep
