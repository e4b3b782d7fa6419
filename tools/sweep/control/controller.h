#pragma once

// Brings a sweep's trials to their ends: starts them where there is room, sees what became of them,
// and writes down everything before it acts on it. So a controller that is killed at any point is
// followed by one that resumes its work.

#include <set>

#include "r50/error.h"
#include "sweep/control/watcher.h"

namespace r50::sweep {

// Which trial starts next, and whether the budget pays for it. Without a budget, every trial may
// start.
class Chooser {
 public:
  explicit Chooser(Board& board) : board_(board) {}

  // `slots`: how many trials could run at a time. Null: none is to start now. `until` of the trial
  // is where its process is to end.
  Trial* next(int slots);

  // More than the budget is used up, by a little: running trials are to save and leave.
  bool overdrawn(int slots);
  void tell_left_out(int slots);

 private:
  Trial* choose(int slots);
  Trial* promoted(const std::optional<Stopper::Promotion>& promotion);
  Trial* next_waiting();
  std::int64_t way_of(const Trial& trial) const;  // how far it runs before it is judged
  bool choose_second_stage();
  void review(int slots);
  bool affordable(const Trial& trial, std::int64_t until) const;
  bool another_is_affordable() const;
  bool anything_left_out() const;

  Board& board_;
  std::int64_t chosen_among_ = -1;  // trials of the first stage, when the second was chosen last
};

// [keep] best: the checkpoints of the best trials stay, and of those that may still be resumed. A
// trial that fails keeps its own, since it may be run again by hand.
class Checkpoints {
 public:
  explicit Checkpoints(Board& board) : board_(board) {}

  void keep_the_best();

 private:
  void give_up_hopeless();
  void forget(const Trial& trial);

  Board& board_;
  std::set<std::int64_t> forgotten_;  // trials whose checkpoints are gone
};

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
