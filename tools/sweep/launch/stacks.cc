#include "sweep/launch/local.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

#include "base/files.h"
#include "base/process.h"
#include "sweep/launch/process_mark.h"

namespace r50::sweep {
namespace {

constexpr std::size_t most_processes = 8, most_threads = 64, most_text = 100'000;

// "" for what is gone, or not to be read by us.
std::string text_of(const std::string& path) {
  try {
    std::string text = base::real_files().read(path, 10'000);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) text.pop_back();
    std::replace(text.begin(), text.end(), '\0', ' ');
    return text;
  } catch (const std::exception&) {
    return "";
  }
}

std::vector<int> numbers_in(const std::string& folder) {
  std::vector<int> numbers;
  try {
    for (const std::string& name : base::real_files().list(folder)) {
      const bool digits =
          std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) != 0; });
      if (digits && !name.empty()) numbers.push_back(std::stoi(name));
    }
  } catch (const std::exception&) {  // it has just ended
  }
  std::ranges::sort(numbers);
  return numbers;
}

std::string word_of(char state) {
  switch (state) {
    case 'R':
      return "running";
    case 'S':
      return "waiting";
    case 'D':
      return "waiting for a disk or a device, not to be interrupted";
    case 'T':
    case 't':
      return "stopped";
    case 'Z':
      return "ended";
    default:
      return std::string("state ") + state;
  }
}

std::string threads_of(int process) {
  const std::string tasks = absl::StrCat("/proc/", process, "/task");
  std::string text;
  const std::vector<int> threads = numbers_in(tasks);
  for (std::size_t i = 0; i < std::min(threads.size(), most_threads); ++i) {
    const std::string folder = absl::StrCat(tasks, "/", threads[i]);
    const std::string wait = text_of(folder + "/wchan");
    absl::StrAppendFormat(&text, "  thread %d %s: %s%s\n", threads[i], text_of(folder + "/comm"),
                          word_of(read_process_stat(folder + "/stat").state),
                          wait.empty() || wait == "0" ? "" : " in " + wait);
  }
  if (threads.size() > most_threads) {
    absl::StrAppendFormat(&text, "  and %d more threads\n", threads.size() - most_threads);
  }
  return text;
}

std::string calls_of(int process) {
  const std::string number = absl::StrCat(process);
  const std::vector<std::vector<std::string>> readers = {
      {"timeout", "15", "eu-stack", "-p", number},
      {"timeout", "15", "gdb", "-nx", "-batch", "-p", number, "-ex", "thread apply all bt 40"}};
  for (const auto& words : readers) {
    try {
      const base::Finished said = base::run_process(words);
      // Also what it could read before its time was over.
      if (said.output.find("#0") != std::string::npos) {
        return said.output.substr(0, most_text) + "\n";
      }
    } catch (const std::exception&) {
      continue;
    }
  }
  return "  (its calls could not be read: that takes eu-stack or gdb, and leave to look)\n";
}

struct Process {
  int number = 0, parent = 0;
  std::string line;  // its command line
};

std::vector<Process> processes_of(int group) {
  std::vector<Process> all;
  for (const int number : numbers_in("/proc")) {
    const std::string folder = absl::StrCat("/proc/", number);
    const ProcessStat stat = read_process_stat(folder + "/stat");
    if (stat.group == group) all.push_back({number, stat.parent, text_of(folder + "/cmdline")});
  }
  return all;
}

}  // namespace

std::string stacks_of_group(int group, const std::string& keeper) {
  const std::vector<Process> all = processes_of(group);
  std::set<int> keepers;
  for (const Process& one : all) {
    if (one.line.find(keeper) != std::string::npos) keepers.insert(one.number);
  }
  std::string text;
  std::size_t told = 0;
  for (const Process& one : all) {
    // What a second shell of the keeper's has started belongs to its beat, not to the trial.
    const bool is_beat = one.parent != group && keepers.count(one.parent) > 0;
    if (keepers.count(one.number) > 0 || is_beat || ++told > most_processes) continue;
    absl::StrAppendFormat(&text, "process %d: %s\n%s", one.number, one.line,
                          threads_of(one.number));
    if (told == 1) text += calls_of(one.number);
  }
  return text;
}

}  // namespace r50::sweep
