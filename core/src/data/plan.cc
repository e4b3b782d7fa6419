#include "data/plan.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <string>

#include "r50/error.h"
#include "r50/random.h"

namespace r50::data {

MicroBatchPlan::~MicroBatchPlan() = default;

namespace {

void refuse(bool wrong, const std::string& text) {
  if (wrong) throw WrongInput(text);
}

constexpr const char* no_image = "A batch needs at least one image.";

class EpochPlan final : public MicroBatchPlan {
 public:
  EpochPlan(const RunFacts& facts, int image_size, std::int64_t rank, std::int64_t steps)
      : images_(facts.train_images),
        ranks_(facts.ranks),
        rank_(rank),
        image_size_(image_size),
        seed_(facts.seed),
        end_(steps * facts.accumulate) {
    const std::int64_t micro_batches = facts.ranks * facts.accumulate;
    refuse(facts.batch < 1 || micro_batches < 1, no_image);
    refuse(facts.batch % micro_batches != 0,
           absl::StrFormat("[run] batch = %d cannot be divided by ranks x accumulate = %d. Choose "
                           "an accumulate that divides it, so that all micro-batches are alike.",
                           facts.batch, micro_batches));
    refuse(images_ < facts.batch,
           absl::StrFormat("The data set has %d training images, fewer than one [run] batch = %d. "
                           "Choose a smaller batch.",
                           images_, facts.batch));
    micro_batch_ = facts.batch / micro_batches;
    per_epoch_ = images_ / facts.batch * facts.accumulate;
  }

  void plan(std::int64_t epoch, std::int64_t index, PlannedMicroBatch& out) const override {
    const Permutation order = order_of(epoch);
    const std::int64_t first = (index * ranks_ + rank_) * micro_batch_;
    out.image_size = image_size_;
    out.samples.clear();
    for (std::int64_t at = first; at < first + micro_batch_; ++at) {
      out.samples.push_back({order(at), 0, static_cast<std::uint64_t>(at)});
    }
  }

  std::int64_t per_epoch() const override { return per_epoch_; }
  std::int64_t most_samples() const override { return micro_batch_; }
  int largest_image() const override { return image_size_; }
  std::int64_t end(std::int64_t) const override { return end_; }

  std::int64_t replacement(std::int64_t epoch, const PlannedSample& bad,
                           std::int64_t attempt) const override {
    return order_of(epoch)((static_cast<std::int64_t>(bad.position) + attempt) % images_);
  }

 private:
  Permutation order_of(std::int64_t epoch) const {
    return {images_, seed_, static_cast<std::uint32_t>(epoch)};
  }

  std::int64_t images_, ranks_, rank_;
  int image_size_;
  std::uint64_t seed_;
  std::int64_t end_;
  std::int64_t micro_batch_ = 0, per_epoch_ = 0;
};

class SequentialPlan final : public MicroBatchPlan {
 public:
  SequentialPlan(std::int64_t images, std::int64_t micro_batch, int image_size, std::int64_t ranks,
                 std::int64_t rank)
      : images_(images),
        micro_batch_(micro_batch),
        image_size_(image_size),
        ranks_(ranks),
        rank_(rank) {
    refuse(images < 1 || micro_batch < 1 || ranks < 1, no_image);
  }

  void plan(std::int64_t, std::int64_t index, PlannedMicroBatch& out) const override {
    out.image_size = image_size_;
    out.samples.clear();
    for (std::int64_t i = index * micro_batch_; i < (index + 1) * micro_batch_; ++i) {
      const std::int64_t sample = i * ranks_ + rank_;
      if (sample >= images_) break;
      out.samples.push_back({sample, 0, static_cast<std::uint64_t>(sample)});
    }
  }

  std::int64_t per_epoch() const override {
    const std::int64_t mine = std::max<std::int64_t>(0, (images_ - rank_ + ranks_ - 1) / ranks_);
    return (mine + micro_batch_ - 1) / micro_batch_;
  }
  std::int64_t most_samples() const override { return micro_batch_; }
  int largest_image() const override { return image_size_; }

  std::int64_t replacement(std::int64_t, const PlannedSample& bad,
                           std::int64_t attempt) const override {
    return (static_cast<std::int64_t>(bad.position) + attempt) % images_;
  }

 private:
  std::int64_t images_, micro_batch_;
  int image_size_;
  std::int64_t ranks_, rank_;
};

class EstimatePlan final : public MicroBatchPlan {
 public:
  EstimatePlan(std::int64_t images, std::int64_t samples, std::int64_t micro_batch, int image_size,
               std::uint64_t seed)
      : images_(images),
        micro_batch_(std::min({micro_batch, samples, images})),
        per_epoch_(std::min(samples, images) / micro_batch_),
        image_size_(image_size),
        order_(images, random_seed({.seed = seed, .stream = Stream::bn_estimation}), 0) {}

  void plan(std::int64_t, std::int64_t index, PlannedMicroBatch& out) const override {
    out.image_size = image_size_;
    out.samples.clear();
    for (std::int64_t at = index * micro_batch_; at < (index + 1) * micro_batch_; ++at) {
      out.samples.push_back({order_(at), 0, static_cast<std::uint64_t>(at)});
    }
  }

  std::int64_t per_epoch() const override { return per_epoch_; }
  std::int64_t most_samples() const override { return micro_batch_; }
  int largest_image() const override { return image_size_; }

  std::int64_t replacement(std::int64_t, const PlannedSample& bad,
                           std::int64_t attempt) const override {
    return order_((static_cast<std::int64_t>(bad.position) + attempt) % images_);
  }

 private:
  std::int64_t images_, micro_batch_, per_epoch_;
  int image_size_;
  Permutation order_;
};

}  // namespace

std::shared_ptr<const MicroBatchPlan> epoch_plan(const RunFacts& facts, int image_size,
                                                 std::int64_t rank,
                                                 std::optional<std::int64_t> steps) {
  return std::make_shared<EpochPlan>(facts, image_size, rank, steps.value_or(facts.length.steps()));
}

std::shared_ptr<const MicroBatchPlan> sequential_plan(std::int64_t images, std::int64_t micro_batch,
                                                      int image_size, std::int64_t ranks,
                                                      std::int64_t rank) {
  return std::make_shared<SequentialPlan>(images, micro_batch, image_size, ranks, rank);
}

std::shared_ptr<const MicroBatchPlan> estimate_plan(const RunFacts& facts, std::int64_t micro_batch,
                                                    std::int64_t samples, int image_size) {
  refuse(facts.train_images < 1 || micro_batch < 1 || samples < 1,
         "Estimating batch-norm statistics needs at least one image ([evaluate] bn_samples).");
  return std::make_shared<EstimatePlan>(facts.train_images, samples, micro_batch, image_size,
                                        facts.seed);
}

}  // namespace r50::data
