#include "terminal/text_log.h"

#include <exception>

#include "base/clock.h"

namespace r50::terminal {

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
