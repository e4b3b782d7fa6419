#pragma once

// SIGINT, SIGTERM and SIGHUP ask the run to save and end; a second one ends it at once.

namespace r50::machine {

class Interrupt {
 public:
  // Installs the handlers for the life of the object; one object at a time.
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static int signal();        // the first signal that came, or 0
  static const char* name();  // "SIGTERM"; empty if none came
};

}  // namespace r50::machine
