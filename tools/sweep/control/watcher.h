#pragma once

// Looks at the processes of running trials: whether they live, whether they still write, and
// whether one of another machine has given up its lease.

#include "sweep/control/settler.h"

namespace r50::sweep {

class Watcher {
 public:
  Watcher(Board& board, Settler& settler) : board_(board), settler_(settler) {}

  // Trials that an earlier controller has left running, or has not seen end.
  void take_up();
  // At every running trial. True: some have ended.
  bool look();
  // Ends those that are below the median of the others, where the rule says so.
  void end_hopeless();
  void end_all();

 private:
  void take_up(Trial& trial);
  void note_turn(Trial& trial, Watch& watch, Life life);
  bool see_rows(Trial& trial, Watch& watch, const Facts& facts);
  // silence.cc
  void end_hanging(Trial& trial, Watch& watch, const Facts& facts);
  void tell_of_lease(const Trial& trial, const std::string& handle);
  bool lease_is_over(Trial& trial, Watch& watch, const Facts& facts);

  Board& board_;
  Settler& settler_;
};

}  // namespace r50::sweep
