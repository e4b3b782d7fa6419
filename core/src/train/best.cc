#include "train/best.h"

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
  if (!value_.offer(value)) return false;
  set_ = event.set;
  epoch_ = event.epoch;
  return true;
}

void Best::save(Archive& archive) const {
  archive.put("metric", name_of(by_));
  if (!value_.best()) return;
  archive.put("value", *value_.best());
  archive.put("set", set_);
  archive.put("epoch", epoch_);
}

bool Best::load(const Archive& archive) {
  value_.set(std::nullopt);
  if (!archive.has("value")) return true;
  if (archive.text("metric") != name_of(by_)) return false;
  value_.set(archive.real("value"));
  set_ = archive.text("set");
  epoch_ = archive.integer("epoch");
  return true;
}

}  // namespace r50::train
