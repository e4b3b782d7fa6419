#pragma once

#include <functional>

namespace r50::terminal {

// What the output can show.
struct Screen {
  bool live = false;  // a terminal: the last line can be redrawn
  bool color = false;
  bool unicode = false;
  std::function<int()> width = [] { return 80; };  // asked at each drawing: windows change

  static Screen of_standard_output();
};

}  // namespace r50::terminal
