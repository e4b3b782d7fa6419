#pragma once

// What a run shows meanwhile: on a terminal one live line below a table of epochs; elsewhere
// plain lines without escapes; with `json` each event as a JSON line.

#include <iosfwd>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "r50/events.h"
#include "r50/units.h"
#include "terminal/screen.h"

namespace r50::terminal {

struct TerminalOptions {
  bool quiet = false;  // shows nothing, but rows as JSON if that is wished; log.txt has the rest
  bool json = false;
};

// [any thread]
class Terminal {
 public:
  explicit Terminal(TerminalOptions options);  // on standard output
  Terminal(TerminalOptions options, std::ostream& out, Screen screen, base::Clock& clock);
  ~Terminal();  // takes the live line away
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // Once the length of the run and its weight sets are known: totals and the eta need it.
  void begin(RunLength length, std::vector<std::string> sets);

  void note(const std::string& text);  // one or more lines that stay
  // Each step; drawn ten times a second at most. Without a terminal, a plain line now and then.
  void live(const StepEvent& step);
  // Each row of the log. Evaluations are shown together with their epoch.
  void event(const Row& row);
  void epoch_row(const EpochEvent& epoch, const std::vector<EvaluationEvent>& results);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What a person reads: on the terminal, and with the time in log.txt. [any thread]
class TextLog {
 public:
  TextLog(base::Files& files, const std::string& path, Terminal& terminal);
  void say(const std::string& text);         // both
  void write_only(const std::string& text);  // log.txt, where the terminal shows it in its own way

 private:
  void write(const std::string& text);

  std::mutex mutex_;
  std::unique_ptr<base::OutputFile> file_;
  Terminal& terminal_;
};

}  // namespace r50::terminal
