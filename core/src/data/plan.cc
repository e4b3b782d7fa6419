#include "data/plan.h"

#include <algorithm>
#include <string>

#include "r50/error.h"

namespace r50::data {
namespace {

std::uint64_t estimate_seed(std::uint64_t seed) {
  return random_seed({.seed = seed, .stream = Stream::bn_estimation});
}

void refuse(bool wrong, const std::string& text) {
  if (wrong) throw WrongInput(text);
}

}  // namespace

BatchPlan::~BatchPlan() = default;

EpochPlan::EpochPlan(const Settings& settings) : settings_(settings), micro_batch_(0) {
  const std::int64_t parts = settings.ranks * settings.accumulate;
  refuse(settings.batch < 1 || parts < 1, "A batch needs at least one image.");
  refuse(settings.batch % parts != 0,
         "[run] batch = " + std::to_string(settings.batch) + " cannot be divided by ranks x " +
             "accumulate = " + std::to_string(parts) +
             ". Choose an accumulate that divides it, so that every micro-batch is alike.");
  refuse(settings.images < settings.batch,
         "The data set has " + std::to_string(settings.images) +
             " training images, which is less than one [run] batch = " +
             std::to_string(settings.batch) + ". Choose a smaller batch.");
  micro_batch_ = settings.batch / parts;
}

std::int64_t EpochPlan::batches() const {
  return settings_.images / settings_.batch * settings_.accumulate;
}

void EpochPlan::plan(std::int64_t epoch, std::int64_t batch, PlannedBatch& out) const {
  const Permutation order(settings_.images, settings_.seed, static_cast<std::uint32_t>(epoch));
  const std::int64_t first = (batch * settings_.ranks + settings_.rank) * micro_batch_;
  out.image_size = settings_.image_size;
  out.samples.clear();
  for (std::int64_t i = 0; i < micro_batch_; ++i) {
    out.samples.push_back({order(first + i), 0, static_cast<std::uint64_t>(first + i)});
  }
}

std::int64_t EpochPlan::replacement(std::int64_t epoch, const PlannedSample& bad,
                                    std::int64_t attempt) const {
  const Permutation order(settings_.images, settings_.seed, static_cast<std::uint32_t>(epoch));
  return order((static_cast<std::int64_t>(bad.position) + attempt) % settings_.images);
}

SequentialPlan::SequentialPlan(std::int64_t images, std::int64_t batch, int image_size,
                               std::int64_t ranks, std::int64_t rank)
    : images_(images), batch_(batch), image_size_(image_size), ranks_(ranks), rank_(rank) {
  refuse(batch < 1 || ranks < 1, "A batch needs at least one image.");
}

std::int64_t SequentialPlan::batches() const {
  const std::int64_t mine = std::max<std::int64_t>(0, (images_ - rank_ + ranks_ - 1) / ranks_);
  return (mine + batch_ - 1) / batch_;
}

void SequentialPlan::plan(std::int64_t, std::int64_t batch, PlannedBatch& out) const {
  out.image_size = image_size_;
  out.samples.clear();
  for (std::int64_t i = batch * batch_; i < (batch + 1) * batch_; ++i) {
    const std::int64_t index = i * ranks_ + rank_;
    if (index >= images_) break;
    out.samples.push_back({index, 0, static_cast<std::uint64_t>(index)});
  }
}

std::int64_t SequentialPlan::replacement(std::int64_t, const PlannedSample& bad,
                                         std::int64_t attempt) const {
  return (static_cast<std::int64_t>(bad.position) + attempt) % images_;
}

EstimatePlan::EstimatePlan(std::int64_t images, std::int64_t samples, std::int64_t batch,
                           int image_size, std::uint64_t seed)
    : images_(images),
      batch_(std::min({batch, samples, images})),
      batches_(0),
      image_size_(image_size),
      order_(images, estimate_seed(seed), 0) {
  refuse(batch_ < 1, "Estimating batch-norm statistics needs at least one image.");
  batches_ = std::min(samples, images) / batch_;
}

void EstimatePlan::plan(std::int64_t, std::int64_t batch, PlannedBatch& out) const {
  out.image_size = image_size_;
  out.samples.clear();
  for (std::int64_t position = batch * batch_; position < (batch + 1) * batch_; ++position) {
    out.samples.push_back({order_(position), 0, static_cast<std::uint64_t>(position)});
  }
}

std::int64_t EstimatePlan::replacement(std::int64_t, const PlannedSample& bad,
                                       std::int64_t attempt) const {
  return order_((static_cast<std::int64_t>(bad.position) + attempt) % images_);
}

}  // namespace r50::data
