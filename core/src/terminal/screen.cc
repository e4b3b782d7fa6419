#include "terminal/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace r50::terminal {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool utf8_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {  // the first one set decides
    const std::string_view value = environment(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos;
  }
  return false;
}

int window_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

Screen Screen::of_standard_output() {
  Screen screen;
  const std::string_view term = environment("TERM");
  screen.live = isatty(STDOUT_FILENO) == 1 && !term.empty() && term != "dumb";
  screen.color = screen.live && environment("NO_COLOR").empty();
  screen.unicode = utf8_locale();
  screen.width = window_width;
  return screen;
}

}  // namespace r50::terminal
