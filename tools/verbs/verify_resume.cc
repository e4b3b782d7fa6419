#include <absl/strings/str_format.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <thread>

#include "checkpoint/compare.h"
#include "checkpoint/file.h"
#include "r50/error.h"
#include "record/metrics_file.h"
#include "verbs/verbs.h"

namespace r50::cli {
namespace {

// A folder of its own below the system's temporary one, gone at the end.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "r50_verify_XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw Error("no temporary folder could be made: " + pattern);
    path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// This program again, as a process of its own: continuing means a new process.
class Child {
 public:
  Child(const CommandLine& line, const std::string& folder, std::int64_t until) {
    std::vector<std::string> words = {"r50run"};
    const std::vector<std::string>& files = experiment_files(line);
    words.insert(words.end(), files.begin(), files.end());
    words.insert(words.end(), line.overrides.begin(), line.overrides.end());
    for (const std::string& word :
         {std::string("checkpoint.every=\"1 steps\""), std::string("--run-dir"), folder,
          std::string("--until"), absl::StrFormat("%d steps", until), std::string("--device"),
          line.device, std::string("--quiet")}) {
      words.push_back(word);
    }
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    const int failed =
        ::posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw Error("a child process could not be started");
  }

  bool running() {
    if (ended_) return false;
    ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
    return !ended_;
  }
  void kill() { ::kill(pid_, SIGKILL); }

  // Its exit code, or minus the signal that ended it.
  int wait() {
    if (!ended_) ::waitpid(pid_, &status_, 0);
    ended_ = true;
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
  }

 private:
  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
};

void run_to(const CommandLine& line, const std::string& folder, std::int64_t step) {
  const int code = Child(line, folder, step).wait();
  if (code != 0 && code != static_cast<int>(Exit::interrupted)) {
    throw Error(
        absl::StrFormat("a trial run ended with exit code %d; its output stands above", code));
  }
}

// Kills it without warning once a checkpoint of step `step` or later is on the disk. A run that is
// quicker than we look simply ends.
bool killed_after(const CommandLine& line, const std::string& folder, std::int64_t step,
                  std::int64_t until) {
  Child child(line, folder, until);
  const std::string last = folder + "/checkpoints/last.pt";
  while (child.running()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::error_code none;
    if (!std::filesystem::exists(last, none)) continue;
    try {
      const Archive archive = checkpoint::read_checkpoint(base::real_files(), last);
      if (archive.child("progress").integer("step") >= step) child.kill();
    } catch (const Error&) {
      // Just being replaced.
    }
  }
  return child.wait() == -SIGKILL;
}

Row without_wall(Row row) {
  if (auto* step = std::get_if<StepEvent>(&row.event)) step->wall = {};
  if (auto* epoch = std::get_if<EpochEvent>(&row.event)) epoch->wall = {};
  if (auto* evaluation = std::get_if<EvaluationEvent>(&row.event)) evaluation->wall_seconds = 0;
  return row;
}

// What two runs of one experiment must share: the checkpoint, and the rows without wall times.
std::vector<std::string> compare(const std::string& straight, const std::string& other) {
  base::Files& files = base::real_files();
  std::vector<std::string> found =
      checkpoint::differences(checkpoint::read_checkpoint(files, straight + "/checkpoints/last.pt"),
                              checkpoint::read_checkpoint(files, other + "/checkpoints/last.pt"));
  const auto a = record::read_log(files, straight + "/metrics.jsonl");
  const auto b = record::read_log(files, other + "/metrics.jsonl");
  if (a.size() != b.size()) {
    found.push_back(absl::StrFormat("metrics.jsonl: %d rows against %d", a.size(), b.size()));
  }
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const std::string left = report::row_text(without_wall(a[i]));
    const std::string right = report::row_text(without_wall(b[i]));
    if (left != right) found.push_back("metrics.jsonl: " + left + " against " + right);
  }
  return found;
}

bool tell(const std::string& story, const std::vector<std::string>& found) {
  std::cout << story << ": " << (found.empty() ? "equal to the last bit" : "NOT equal") << "\n";
  for (std::size_t i = 0; i < std::min<std::size_t>(found.size(), 10); ++i) {
    std::cout << "  " << found[i] << "\n";
  }
  if (found.size() > 10) std::cout << "  and " << found.size() - 10 << " more\n";
  std::cout.flush();
  return found.empty();
}

}  // namespace

int verify_resume(const CommandLine& line) {
  const std::int64_t steps = line.steps > 0 ? line.steps : 6;
  if (steps < 2) throw WrongInput("--steps must be at least 2");
  const std::int64_t half = steps / 2;
  const Scratch scratch;
  std::cout << "Training " << steps << " steps three times: straight, paused after step " << half
            << ", killed after step " << half << "\n";
  run_to(line, scratch / "straight", steps);
  run_to(line, scratch / "paused", half);
  run_to(line, scratch / "paused", steps);
  bool good = tell("paused and continued", compare(scratch / "straight", scratch / "paused"));
  const bool killed = killed_after(line, scratch / "killed", half, steps);
  run_to(line, scratch / "killed", steps);
  good &= tell(killed ? "killed and continued" : "run once more (it ended before it was killed)",
               compare(scratch / "straight", scratch / "killed"));
  return good ? 0 : static_cast<int>(Exit::failed);
}

}  // namespace r50::cli
