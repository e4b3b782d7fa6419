#include "train/meters.h"

#include <ATen/ops/stack.h>

#include <algorithm>
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

void Meters::add(const StepResult& result, std::int64_t step, double lr) {
  unread_.push_back({result.loss, result.images, step, lr});
  last_lr_ = lr;
  replaced_ += result.replaced;
}

void Meters::read() {
  if (unread_.empty()) return;
  std::vector<at::Tensor> losses;
  losses.reserve(unread_.size());
  for (const Unread& unread : unread_) losses.push_back(unread.loss);
  const at::Tensor values = at::stack(losses).to(at::kCPU).to(at::kDouble);  // one wait for all
  for (std::size_t i = 0; i < unread_.size(); ++i) {
    const auto& [tensor, images, step, lr] = unread_[i];
    const double loss = values.const_data_ptr<double>()[i];
    if (!std::isfinite(loss)) throw Diverged(step, loss, lr);
    for (Mean* mean : {&window_, &epoch_}) {
      mean->sum += loss * static_cast<double>(images);
      mean->images += images;
    }
    last_loss_ = loss;
  }
  unread_.clear();
}

void Meters::save(Archive& archive) const {
  archive.put("window_sum", window_.sum);
  archive.put("window_images", window_.images);
  archive.put("epoch_sum", epoch_.sum);
  archive.put("epoch_images", epoch_.images);
  archive.put("lr", last_lr_);
  archive.put("replaced", replaced_);
}

void Meters::load(const Archive& archive) {
  unread_.clear();
  window_ = {archive.real("window_sum"), archive.integer("window_images")};
  epoch_ = {archive.real("epoch_sum"), archive.integer("epoch_images")};
  last_lr_ = archive.real("lr");
  replaced_ = archive.integer("replaced");
}

void Stopwatch::start(double waited) {
  begin_ = std::chrono::steady_clock::now();
  waited_ = waited;
  images_ = 0;
}

double Stopwatch::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

double Stopwatch::images_per_second() const {
  const double time = seconds();
  return time > 0 ? static_cast<double>(images_) / time : 0;
}

double Stopwatch::share_waited(double waited) const {
  const double time = seconds();
  return time > 0 ? std::clamp((waited - waited_) / time, 0.0, 1.0) : 0;
}

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
