#pragma once

// What became of a trial whose process has ended: its folder decides.

#include "sweep/control/board.h"

namespace r50::sweep {

class Settler {
 public:
  explicit Settler(Board& board) : board_(board) {}

  // It has ended, somehow.
  void settle(Trial& trial);
  // What its record says of it so far.
  void take_in(Trial& trial, const Facts& facts);

  // Trials whose merged run is over are over with it, or train by themselves. True: some were.
  bool serve_followers();
  // The first trials all failed with one message: an experiment that cannot work is found out by
  // them, not by all.
  bool all_fail_alike();

 private:
  void fault(Trial& trial, const std::string& why);
  void follow(Trial& trial, const Trial& run);

  Board& board_;
};

}  // namespace r50::sweep
