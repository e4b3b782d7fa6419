#include <signal.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <absl/strings/str_replace.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/clock.h"
#include "sweep/roster/counts.h"
#include "sweep/show/status.h"
#include "sweep/trial/trial_folder.h"
#include "sweep/verbs/sweep_verbs.h"

namespace r50::sweep {
namespace {

volatile std::sig_atomic_t watch_is_over = 0;

// No SA_RESTART: a pause between two looks ends at once, at a change of the window as well.
void catch_watch_signals() {
  struct sigaction over = {};
  over.sa_handler = [](int) { watch_is_over = 1; };
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &over, nullptr);
  struct sigaction window = {};
  window.sa_handler = [](int) {};
  ::sigaction(SIGWINCH, &window, nullptr);
}

bool can_redraw() {
  const char* const kind = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && kind && *kind && std::string(kind) != "dumb";
}

struct WindowSize {
  int width = 80, height = 24;
};

WindowSize window_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {};
  }
  return {size.ws_col, size.ws_row};
}

// Without a cursor that jumps about; it comes back however the watch ends.
class LiveScreen {
 public:
  LiveScreen() { std::cout << "\033[?25l\033[2J"; }
  ~LiveScreen() { std::cout << "\033[?25h" << std::flush; }
  LiveScreen(const LiveScreen&) = delete;
  LiveScreen& operator=(const LiveScreen&) = delete;

  // Line by line over what stood there: a cleared screen would flicker.
  static void show(const std::string& text) {
    std::cout << "\033[H" << absl::StrReplaceAll(text, {{"\n", "\033[K\n"}}) << "\033[J"
              << std::flush;
  }
};

class Watch {
 public:
  explicit Watch(const OpenedSweep& opened) : opened_(opened) {}

  // What the files say now; the trials are read again only if they were written again.
  const Watched& look() {
    const double now = base::real_clock().wall_seconds();
    const auto written = written_at(opened_.folder.file("status.json"));
    const auto begun = written_at(opened_.folder.file("controller.lock"));
    if (written && written != read_) {
      seen_.trials = opened_.seen_trials();
      const auto json = nlohmann::json::parse(
          base::real_files().read(opened_.folder.file("status.json")), nullptr, false);
      said_ = json.is_object() ? json.value("controller", "") : "";
      read_ = written;
    }
    // Another controller has begun, and has not said anything yet.
    const bool begins = begun && written && *begun > *written && is_there();
    seen_.controller = begins ? "running" : said_;
    seen_.gone = !is_there();
    seen_.silent = written ? now - *written : 0;
    const double until = seen_.ended() ? written.value_or(now) : now;
    seen_.seconds = begun ? until - *begun : 0;
    seen_.times.clear();
    for (const Trial& trial : seen_.trials) {
      double& seconds = seen_.times[trial.number] = trial.seconds;
      if (trial.state != TrialState::running) continue;
      const auto lease = written_at(opened_.folder.file(trial.id + "/lease"));
      if (lease) seconds += std::max(0.0, until - *lease);
    }
    return seen_;
  }

 private:
  // By the lock's file, without taking the lock: a controller that starts just then would find it
  // taken.
  bool is_there() const {
    const std::string path = opened_.folder.file("controller.lock");
    base::Files& files = base::real_files();
    const int pid = files.exists(path) ? std::atoi(files.read(path, 64).c_str()) : 0;
    return pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM);
  }

  const OpenedSweep& opened_;
  Watched seen_;
  std::string said_;
  std::optional<double> read_;
};

void pause_a_second() {
  const timespec second{1, 0};
  ::nanosleep(&second, nullptr);
}

int watch_screen_by_screen(const OpenedSweep& opened) {
  Watch watch(opened);
  const LiveScreen screen;
  for (;;) {
    const Watched& now = watch.look();
    const WindowSize size = window_size();
    // The last line is the cursor's.
    LiveScreen::show(watch_screen(now, opened.file, size.width, size.height - 1));
    if (now.ended() || watch_is_over != 0) return 0;
    pause_a_second();
  }
}

int watch_line_by_line(const OpenedSweep& opened) {
  Watch watch(opened);
  Watched before = watch.look();
  std::cout << progress_sentence(before.trials, opened.file) << std::endl;
  while (!before.ended() && watch_is_over == 0) {
    pause_a_second();
    const Watched& now = watch.look();
    for (const std::string& line : watch_changes(before, now, opened.file)) {
      std::cout << line << std::endl;
    }
    if (now.abandoned() && !before.abandoned()) {
      std::cout << "no controller works on it any more; r50sweep " << opened.file.path
                << " resumes it" << std::endl;
    }
    if (now.ended()) std::cout << progress_sentence(now.trials, opened.file) << std::endl;
    before = now;
  }
  return 0;
}

}  // namespace

int watch_sweep(const OpenedSweep& opened) {
  catch_watch_signals();
  return can_redraw() ? watch_screen_by_screen(opened) : watch_line_by_line(opened);
}

}  // namespace r50::sweep
