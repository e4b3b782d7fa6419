#pragma once

// Which trial starts next, and whether the budget pays for it. Without a budget, every trial may
// start.

#include "sweep/control/board.h"

namespace r50::sweep {

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

}  // namespace r50::sweep
