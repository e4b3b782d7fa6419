#pragma once

// Brings a sweep's trials to their ends: starts them where there is room, sees what became of them,
// and writes down everything before it acts on it. So a controller that is killed at any point is
// followed by one that resumes its work.

#include "r50/error.h"
#include "sweep/control/checkpoints.h"
#include "sweep/control/chooser.h"
#include "sweep/control/watcher.h"

namespace r50::sweep {

class Controller {
 public:
  explicit Controller(ControllerParts parts);

  Exit run();

 private:
  bool look(int room);
  void stop_all(const std::string& why);
  bool fill_room(int room);
  Launch prepare(Trial& trial);
  void write_status(const std::string& what, bool now);

  Board board_;
  Settler settler_;
  Watcher watcher_;
  Chooser chooser_;
  Checkpoints checkpoints_;
  bool refused_ = false;    // the launcher takes no more for now
  bool overdrawn_ = false;  // so all trials are to stop
  int slots_ = 1;           // trials at a time, as far as was seen
  double status_at_ = -1e9;
  double status_cost_ = 0;
};

}  // namespace r50::sweep
