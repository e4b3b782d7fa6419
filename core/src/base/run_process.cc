#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/process.h"

namespace r50::base {
namespace {

[[noreturn]] void fail(const std::string& program, int code) {
  throw std::system_error(code, std::generic_category(), "cannot run '" + program + "'");
}

struct Pipe {
  explicit Pipe(const std::string& program) {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail(program, errno);
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(std::size_t end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
  std::array<int, 2> ends = {-1, -1};  // read, write
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    bool replaced = false;
    for (const auto& [name, value] : added) {
      replaced |= text.substr(0, text.find('=')) == name;
    }
    if (!replaced) all.emplace_back(text);
  }
  for (const auto& [name, value] : added) all.push_back(name + "=" + value);
  return all;
}

// A child that does not read its input ends our write with EPIPE instead of a signal that would end
// us. Only this thread's signals are touched.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoPipeSignal() {
    const timespec now{};
    if (sigismember(&before_, SIGPIPE) == 0) {
      while (::sigtimedwait(&pipe_, nullptr, &now) >= 0) {
      }
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  const sigset_t& before() const { return before_; }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

// Feeds and drains all pipes at once: a child that fills one while we wait on another would hang.
void talk(Pipe& in, const std::string& input, Pipe& out, std::string& output, Pipe& err,
          std::string& errors) {
  std::size_t given = 0;
  if (input.empty()) in.close_end(1);
  ::fcntl(in.ends[1], F_SETFL, O_NONBLOCK);
  while (in.ends[1] >= 0 || out.ends[0] >= 0 || err.ends[0] >= 0) {
    std::array<pollfd, 3> wait = {pollfd{in.ends[1], POLLOUT, 0}, pollfd{out.ends[0], POLLIN, 0},
                                  pollfd{err.ends[0], POLLIN, 0}};
    if (::poll(wait.data(), wait.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    if (wait[0].revents != 0) {
      const ssize_t done = ::write(in.ends[1], input.data() + given, input.size() - given);
      if (done > 0) given += static_cast<std::size_t>(done);
      if ((done < 0 && errno != EAGAIN && errno != EINTR) || given == input.size()) {
        in.close_end(1);
      }
    }
    const auto drain = [](Pipe& pipe, short events, std::string& into) {
      if (events == 0) return;
      std::array<char, 4096> part;
      const ssize_t got = ::read(pipe.ends[0], part.data(), part.size());
      if (got > 0) into.append(part.data(), static_cast<std::size_t>(got));
      if (got == 0 || (got < 0 && errno != EINTR)) pipe.close_end(0);
    };
    drain(out, wait[1].revents, output);
    drain(err, wait[2].revents, errors);
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return 127;
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

class SpawnPlan {
 public:
  SpawnPlan(const ProcessOptions& options, const Pipe& in, const Pipe& out, const Pipe& err,
            const sigset_t& signals) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.ends[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out.ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err.ends[1], 2);
    if (!options.folder.empty()) {
      posix_spawn_file_actions_addchdir_np(&actions, options.folder.c_str());
    }
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

}  // namespace

Finished run_process(const std::vector<std::string>& argv, const ProcessOptions& options) {
  const std::string program = argv.empty() ? "" : argv[0];
  if (program.empty()) fail(program, EINVAL);
  Pipe in(program), out(program), err(program);
  const NoPipeSignal quiet;
  const SpawnPlan plan(options, in, out, err, quiet.before());

  std::vector<std::string> words = argv;
  std::vector<std::string> environment = environment_with(options.environment);
  pid_t child = 0;
  const int code = ::posix_spawnp(&child, program.c_str(), &plan.actions, &plan.attributes,
                                  pointers(words).data(), pointers(environment).data());
  Finished finished;
  if (code != 0) {
    finished.exit_code = 127;
    finished.errors = "cannot run '" + program + "': " + std::generic_category().message(code);
    return finished;
  }
  in.close_end(0);
  out.close_end(1);
  err.close_end(1);
  talk(in, options.input, out, finished.output, err, finished.errors);
  finished.exit_code = wait_for(child);
  return finished;
}

}  // namespace r50::base
