// The statistics of norms, estimated for weights that were not trained with them.

#include <ATen/core/grad_mode.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include "train/evaluator.h"
#include "train/forward.h"

namespace r50::train {

namespace {

// A norm moves its buffer by momentum * (statistic - buffer), with a momentum of its own that it
// does not show. From a buffer of zero it therefore moves to momentum * statistic, and from this
// value (large and exact) it shows what the momentum is.
constexpr double probe = 1 << 20;

// One running mean or variance of a norm.
class Statistic {
 public:
  explicit Statistic(at::Tensor buffer)
      : buffer_(std::move(buffer)),
        own_(buffer_.clone()),
        sum_(at::zeros_like(buffer_, at::kDouble)) {}

  void set(double value) { buffer_.fill_(value); }
  void note_probe() { from_probe_ = buffer_.to(at::kDouble); }

  void add() {
    const at::Tensor moved = buffer_.to(at::kDouble);
    if (!momentum_.defined()) momentum_ = from_probe_.sub(moved).div(-probe).add(1);
    sum_.add_(moved);
  }

  void finish(World& world, std::int64_t micro_batches) {
    world.sum(sum_);
    const at::Tensor mean = sum_.div(momentum_).div(micro_batches * world.size());
    // A frozen norm moves nothing and keeps what it had.
    buffer_.copy_(at::where(momentum_.eq(0), own_.to(at::kDouble), mean));
  }

 private:
  at::Tensor buffer_, own_, sum_, from_probe_, momentum_;
};

bool ends_with(const std::string& name, std::string_view word) {
  return name == word || (name.size() > word.size() && name.ends_with(word) &&
                          name[name.size() - word.size() - 1] == '.');
}

struct Statistics {
  std::vector<Statistic> statistics;
  std::vector<at::Tensor> counters;

  explicit Statistics(const NamedTensors& buffers) {
    for (const auto& [name, buffer] : buffers) {
      if (ends_with(name, "running_mean") || ends_with(name, "running_var")) {
        statistics.emplace_back(buffer);
      } else if (ends_with(name, "num_batches_tracked")) {
        counters.push_back(buffer);
      }
    }
  }

  // Counters too: a norm without momentum averages by them.
  void set(double value) {
    for (Statistic& statistic : statistics) statistic.set(value);
    for (const at::Tensor& counter : counters) counter.zero_();
  }
};

}  // namespace

bool estimate_statistics(const TrainParts& parts, const TrainSettings& settings, World& world,
                         RunSide& run, Feed& feed, std::int64_t number) {
  const at::NoGradGuard no_grad;
  const CastScope casts;
  const c10::Device device(settings.device);
  const auto tensors = parts.model.call([](Model& model) { return model.tensors(); });
  Statistics all(tensors.buffers);
  Tap tap;
  MicroBatch micro_batch;
  std::int64_t seen = 0;  // micro-batches
  const auto forward = [&] {
    seed_generators({settings.facts.seed, Stream::bn_estimation, 0,
                     static_cast<std::uint64_t>(seen), static_cast<std::uint32_t>(world.rank())},
                    device);
    const Autocast autocast(settings.precision, device);
    naming_memory(OutOfMemory::While::evaluating, micro_batch.size(), [&] {
      parts.model.call([&](Model& model) { model.forward(micro_batch.images, tap); });
    });
  };

  feed.seek(0, 0);
  parts.model.call([](Model& model) { model.set_training(true); });
  while (feed.next(micro_batch, number)) {
    if (world.agree(run.hurry())) return false;
    if (seen == 0) {
      all.set(probe);
      forward();
      for (Statistic& statistic : all.statistics) statistic.note_probe();
    }
    all.set(0);
    forward();
    for (Statistic& statistic : all.statistics) statistic.add();
    ++seen;
  }
  if (seen == 0) return true;
  for (Statistic& statistic : all.statistics) statistic.finish(world, seen);
  for (const at::Tensor& counter : all.counters) counter.fill_(seen);
  return true;
}

}  // namespace r50::train
