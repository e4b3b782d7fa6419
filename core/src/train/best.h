#pragma once

#include <string>

#include "base/best_value.h"
#include "r50/archive.h"
#include "train/trainer.h"

namespace r50::train {

// The best evaluation so far, over all weight sets.
class Best {
 public:
  explicit Best(BestBy by) : by_(by), value_(by == BestBy::loss) {}

  // True if it is better than all before. Equal is not better: the earlier one stays.
  bool offer(const EvaluationEvent& event);

  void save(Archive& archive) const;
  // False if the archive's best was measured otherwise; nothing is best then until the next
  // evaluation.
  bool load(const Archive& archive);

 private:
  BestBy by_;
  base::BestValue value_;
  std::string set_;
  std::int64_t epoch_ = 0;
};

}  // namespace r50::train
