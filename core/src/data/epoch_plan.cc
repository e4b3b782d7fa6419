#include "data/epoch_plan.h"

#include <algorithm>
#include <string>

#include "r50/error.h"
#include "r50/random.h"

namespace r50::data {

BatchPlan::~BatchPlan() = default;

namespace {

void refuse(bool wrong, const std::string& text) {
  if (wrong) throw WrongInput(text);
}

class EpochPlan final : public BatchPlan {
 public:
  EpochPlan(const RunFacts& facts, int image_size, std::int64_t rank)
      : images_(facts.train_images),
        ranks_(facts.ranks),
        rank_(rank),
        image_size_(image_size),
        seed_(facts.seed) {
    const std::int64_t parts = facts.ranks * facts.accumulate;
    refuse(facts.batch < 1 || parts < 1, "A batch needs at least one image.");
    refuse(facts.batch % parts != 0,
           "[run] batch = " + std::to_string(facts.batch) + " cannot be divided by ranks x " +
               "accumulate = " + std::to_string(parts) +
               ". Choose an accumulate that divides it, so that all micro-batches are alike.");
    refuse(images_ < facts.batch, "The data set has " + std::to_string(images_) +
                                      " training images, fewer than one [run] batch = " +
                                      std::to_string(facts.batch) + ". Choose a smaller batch.");
    micro_batch_ = facts.batch / parts;
    batches_ = images_ / facts.batch * facts.accumulate;
  }

  void plan(std::int64_t epoch, std::int64_t batch, PlannedBatch& out) const override {
    const Permutation order = order_of(epoch);
    const std::int64_t first = (batch * ranks_ + rank_) * micro_batch_;
    out.image_size = image_size_;
    out.samples.clear();
    for (std::int64_t at = first; at < first + micro_batch_; ++at) {
      out.samples.push_back({order(at), 0, static_cast<std::uint64_t>(at)});
    }
  }

  std::int64_t batches() const override { return batches_; }
  std::int64_t largest_batch() const override { return micro_batch_; }
  int largest_image() const override { return image_size_; }
  bool endless() const override { return true; }

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
  std::int64_t micro_batch_ = 0, batches_ = 0;
};

class SequentialPlan final : public BatchPlan {
 public:
  SequentialPlan(std::int64_t images, std::int64_t batch, int image_size, std::int64_t ranks,
                 std::int64_t rank)
      : images_(images), batch_(batch), image_size_(image_size), ranks_(ranks), rank_(rank) {
    refuse(images < 1 || batch < 1 || ranks < 1, "A batch needs at least one image.");
  }

  void plan(std::int64_t, std::int64_t batch, PlannedBatch& out) const override {
    out.image_size = image_size_;
    out.samples.clear();
    for (std::int64_t i = batch * batch_; i < (batch + 1) * batch_; ++i) {
      const std::int64_t index = i * ranks_ + rank_;
      if (index >= images_) break;
      out.samples.push_back({index, 0, static_cast<std::uint64_t>(index)});
    }
  }

  std::int64_t batches() const override {
    const std::int64_t mine = std::max<std::int64_t>(0, (images_ - rank_ + ranks_ - 1) / ranks_);
    return (mine + batch_ - 1) / batch_;
  }
  std::int64_t largest_batch() const override { return batch_; }
  int largest_image() const override { return image_size_; }

  std::int64_t replacement(std::int64_t, const PlannedSample& bad,
                           std::int64_t attempt) const override {
    return (static_cast<std::int64_t>(bad.position) + attempt) % images_;
  }

 private:
  std::int64_t images_, batch_;
  int image_size_;
  std::int64_t ranks_, rank_;
};

class EstimatePlan final : public BatchPlan {
 public:
  EstimatePlan(std::int64_t images, std::int64_t samples, std::int64_t batch, int image_size,
               std::uint64_t seed)
      : images_(images),
        batch_(std::min({batch, samples, images})),
        batches_(std::min(samples, images) / batch_),
        image_size_(image_size),
        order_(images, random_seed({.seed = seed, .stream = Stream::bn_estimation}), 0) {}

  void plan(std::int64_t, std::int64_t batch, PlannedBatch& out) const override {
    out.image_size = image_size_;
    out.samples.clear();
    for (std::int64_t at = batch * batch_; at < (batch + 1) * batch_; ++at) {
      out.samples.push_back({order_(at), 0, static_cast<std::uint64_t>(at)});
    }
  }

  std::int64_t batches() const override { return batches_; }
  std::int64_t largest_batch() const override { return batch_; }
  int largest_image() const override { return image_size_; }

  std::int64_t replacement(std::int64_t, const PlannedSample& bad,
                           std::int64_t attempt) const override {
    return order_((static_cast<std::int64_t>(bad.position) + attempt) % images_);
  }

 private:
  std::int64_t images_, batch_, batches_;
  int image_size_;
  Permutation order_;
};

}  // namespace

std::shared_ptr<const BatchPlan> epoch_plan(const RunFacts& facts, int image_size,
                                            std::int64_t rank) {
  return std::make_shared<EpochPlan>(facts, image_size, rank);
}

std::shared_ptr<const BatchPlan> sequential_plan(std::int64_t images, std::int64_t batch,
                                                 int image_size, std::int64_t ranks,
                                                 std::int64_t rank) {
  return std::make_shared<SequentialPlan>(images, batch, image_size, ranks, rank);
}

std::shared_ptr<const BatchPlan> estimate_plan(const RunFacts& facts, std::int64_t micro_batch,
                                               std::int64_t samples, int image_size) {
  refuse(facts.train_images < 1 || micro_batch < 1 || samples < 1,
         "Estimating batch-norm statistics needs at least one image ([evaluate] bn_samples).");
  return std::make_shared<EstimatePlan>(facts.train_images, samples, micro_batch, image_size,
                                        facts.seed);
}

}  // namespace r50::data
