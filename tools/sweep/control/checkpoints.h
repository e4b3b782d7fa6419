#pragma once

#include <set>

#include "sweep/control/board.h"

namespace r50::sweep {

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

}  // namespace r50::sweep
