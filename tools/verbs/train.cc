#include "run/training.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>

#include "verbs/verbs.h"

namespace r50::cli {
namespace {

run::TrainRequest request_of(const CommandLine& line) {
  run::TrainRequest request;
  request.experiment = experiment_files(line);
  request.overrides = line.overrides;
  request.run_dir = line.run_dir;
  request.continue_dir = line.continue_dir;
  request.from = line.from;
  request.branch = line.branch;
  request.until = line.until;
  request.device = line.device;
  request.fresh = line.fresh;
  request.quiet = line.quiet;
  request.json = line.json;
  return request;
}

// The child trains; the parent stays until the first step is about to be taken, so that an
// error in the experiment is still reported here, with its exit code.
int train_detached(run::TrainRequest request) {
  int ready[2];
  if (::pipe2(ready, O_CLOEXEC) != 0) throw Error("cannot detach: no pipe could be made");
  std::cout.flush();
  const pid_t child = ::fork();  // before libtorch has started any thread
  if (child < 0) throw Error("cannot detach: no process could be started");
  if (child > 0) {
    ::close(ready[1]);
    char told = 0;
    if (::read(ready[0], &told, 1) == 1) {
      std::cout << "detached as process " << child
                << "; log.txt in the run folder has its output, and "
                << "kill " << child << " saves and ends it\n";
      return 0;
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  ::setsid();
  ::close(ready[0]);
  request.started = [out = ready[1]] {
    const int nothing = ::open("/dev/null", O_RDWR);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing, fd);
    [[maybe_unused]] const auto written = ::write(out, "1", 1);
    ::close(out);
  };
  return static_cast<int>(run::train(request, base::real_files()));
}

}  // namespace

int train(const CommandLine& line) {
  const run::TrainRequest request = request_of(line);
  if (line.detach) return train_detached(request);
  return static_cast<int>(run::train(request, base::real_files()));
}

}  // namespace r50::cli
