#include "terminal/terminal.h"

#include <algorithm>
#include <exception>
#include <iostream>
#include <limits>
#include <mutex>
#include <utility>

#include "report/rows.h"
#include "terminal/epoch_table.h"
#include "terminal/live_line.h"

namespace r50::terminal {

constexpr double redraw_seconds = 0.1;
// A log gets a line each 10 seconds at first and each 5 minutes in a long run: enough to see that
// that it works, and little enough to be read.
constexpr double first_lines_seconds = 10;
constexpr double later_lines_seconds = 300;

struct Terminal::Impl {
  TerminalOptions options;
  std::ostream& out;
  Screen screen;
  base::Clock& clock;

  std::mutex mutex;  // guards what follows, and the output
  RunLength length;
  EpochTable table{{}, 0};
  Eta eta;
  std::vector<EvaluationEvent> results;  // of the epoch whose row has not come yet
  StepEvent latest;
  bool drawn = false;  // the live line stands in the last line
  double next_line = -std::numeric_limits<double>::infinity();
  double started;

  Impl(TerminalOptions given, std::ostream& stream, Screen what, base::Clock& time)
      : options(given),
        out(stream),
        screen(std::move(what)),
        clock(time),
        started(time.seconds()) {}

  void clear() {
    if (std::exchange(drawn, false)) out << "\r\x1b[K";
  }

  void draw() {
    // The last column stays free: some terminals wrap as soon as it is written.
    const auto width = static_cast<std::size_t>(std::max(screen.width() - 1, 1));
    out << '\r' << live_line(latest, length, eta.seconds_left(), width, screen.unicode) << "\x1b[K"
        << std::flush;
    drawn = true;
  }

  void print(const std::string& text) {
    const bool live = drawn;
    clear();
    out << text << '\n';
    live ? draw() : void(out.flush());
  }

  void show_step(const StepEvent& step) {
    latest = step;
    const double now = clock.seconds();
    eta.step(step.step, now);
    if (options.quiet || options.json || now < next_line) return;
    if (screen.live) {
      next_line = now + redraw_seconds;
      draw();
    } else {
      next_line = now + std::clamp((now - started) / 50, first_lines_seconds, later_lines_seconds);
      out << step_line(step, length, eta.seconds_left()) << std::endl;
    }
  }

  void show_epoch(const EpochEvent& epoch, const std::vector<EvaluationEvent>& sets) {
    if (options.quiet || options.json) return;
    print(screen.live ? table.row(epoch, sets, screen) : table.line(epoch, sets));
  }
};

Terminal::Terminal(TerminalOptions options)
    : Terminal(options, std::cout, Screen::of_standard_output(), base::real_clock()) {}

Terminal::Terminal(TerminalOptions options, std::ostream& out, Screen screen, base::Clock& clock)
    : impl_(std::make_unique<Impl>(options, out, std::move(screen), clock)) {}

Terminal::~Terminal() {
  impl_->clear();
  impl_->out.flush();
}

void Terminal::begin(RunLength length, std::vector<std::string> sets) {
  const std::lock_guard lock(impl_->mutex);
  impl_->length = length;
  impl_->eta = Eta(length);
  impl_->table = EpochTable(std::move(sets), length.epochs);
}

void Terminal::note(const std::string& text) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->options.quiet) return;
  if (impl_->options.json) {
    impl_->out << R"({"kind":"note","text":)" << report::json_text(text) << '}' << std::endl;
  } else {
    impl_->print(text);
  }
}

void Terminal::live(const StepEvent& step) {
  const std::lock_guard lock(impl_->mutex);
  impl_->show_step(step);
}

void Terminal::event(const Row& row) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->options.json) impl_->out << report::row_text(row) << std::endl;
  if (const auto* result = std::get_if<EvaluationEvent>(&row.event)) {
    // What a later set of the same epoch beats was the best for a moment only.
    if (result->best) {
      for (EvaluationEvent& earlier : impl_->results) earlier.best = false;
    }
    impl_->results.push_back(*result);
    impl_->eta.evaluated(result->wall_seconds);
  } else if (const auto* epoch = std::get_if<EpochEvent>(&row.event)) {
    impl_->eta.epoch_done();
    impl_->show_epoch(*epoch, std::exchange(impl_->results, {}));
  }
}

void Terminal::epoch_row(const EpochEvent& epoch, const std::vector<EvaluationEvent>& results) {
  const std::lock_guard lock(impl_->mutex);
  impl_->show_epoch(epoch, results);
}

TextLog::TextLog(base::Files& files, const std::string& path, Terminal& terminal)
    : file_(files.append(path)), terminal_(terminal) {}

void TextLog::say(const std::string& text) {
  const std::lock_guard lock(mutex_);
  terminal_.note(text);
  write(text);
}

void TextLog::write_only(const std::string& text) {
  const std::lock_guard lock(mutex_);
  write(text);
}

void TextLog::write(const std::string& text) {
  try {
    file_->write(base::real_clock().wall_text() + "  " + text + "\n");
  } catch (const std::exception&) {
    // A full disk must not end a run; what matters is said where it happens.
  }
}

}  // namespace r50::terminal
