#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/files.h"
#include "terminal/terminal.h"

namespace r50::terminal {

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
