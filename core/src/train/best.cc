#include "train/best.h"

#include <cmath>

namespace r50::train {

namespace {

std::string name_of(BestBy by) {
  switch (by) {
    case BestBy::top5:
      return "top5";
    case BestBy::loss:
      return "loss";
    case BestBy::top1:
      break;
  }
  return "top1";
}

}  // namespace

bool Best::offer(const EvaluationEvent& event) {
  const double value = by_ == BestBy::loss   ? event.loss
                       : by_ == BestBy::top5 ? event.top5
                                             : event.top1;
  if (std::isnan(value)) return false;
  const bool better = by_ == BestBy::loss ? value < value_ : value > value_;
  if (any_ && !better) return false;
  any_ = true;
  value_ = value;
  set_ = event.set;
  epoch_ = event.epoch;
  return true;
}

void Best::save(Archive& archive) const {
  archive.put("metric", name_of(by_));
  if (!any_) return;
  archive.put("value", value_);
  archive.put("set", set_);
  archive.put("epoch", epoch_);
}

bool Best::load(const Archive& archive) {
  any_ = false;
  if (!archive.has("value")) return true;
  if (archive.text("metric") != name_of(by_)) return false;
  any_ = true;
  value_ = archive.real("value");
  set_ = archive.text("set");
  epoch_ = archive.integer("epoch");
  return true;
}

}  // namespace r50::train
