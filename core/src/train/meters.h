#pragma once

// What the trainer keeps account of beside the weights: losses, time, and the best evaluation.

#include <ATen/core/Tensor.h>

#include <chrono>
#include <limits>
#include <string>
#include <vector>

#include "base/best_value.h"
#include "r50/archive.h"
#include "train/step.h"

namespace r50::train {

// Mean losses since the last StepEvent and since the start of the epoch. Adding reads nothing from
// the device; reading late or early changes no digit, since the sums are made in the order of the
// steps.
class Meters {
 public:
  void add(const StepResult& result, std::int64_t step, double lr);

  // Throws Diverged at the first loss that is not finite.
  void read();

  // Where nothing of the window has been read yet, the latest that was; NaN before the first.
  double window_loss() const { return window_.images > 0 ? window_.mean() : last_loss_; }
  double epoch_loss() const { return epoch_.mean(); }
  void start_window() { window_ = {}; }
  void start_epoch() { epoch_ = {}; }

  double last_loss() const { return last_loss_; }
  double last_lr() const { return last_lr_; }
  std::int64_t replaced() const { return replaced_; }

  void save(Archive& archive) const;  // after read()
  void load(const Archive& archive);

 private:
  struct Mean {
    double sum = 0;
    std::int64_t images = 0;
    double mean() const { return images > 0 ? sum / static_cast<double>(images) : 0; }
  };
  struct Unread {
    at::Tensor loss;
    std::int64_t images;
    std::int64_t step;
    double lr;
  };
  std::vector<Unread> unread_;
  Mean window_, epoch_;
  double last_loss_ = std::numeric_limits<double>::quiet_NaN();
  double last_lr_ = 0;
  std::int64_t replaced_ = 0;
};

// Wall time of a stretch of training, how many images it saw, and how long it waited for them.
class Stopwatch {
 public:
  void start(double waited);  // seconds that the run has waited for micro-batches so far
  void add(std::int64_t images) { images_ += images; }
  double seconds() const;
  double images_per_second() const;
  double share_waited(double waited) const;

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  double waited_ = 0;
  std::int64_t images_ = 0;
};

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
