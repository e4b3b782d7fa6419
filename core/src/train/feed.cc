#include "train/feed.h"

#include <ATen/core/grad_mode.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace r50::train {

Feed::Feed(MicroBatchSource& source, std::vector<ActiveBatchStage> stages, PassKind kind,
           std::uint64_t seed, const World& world, c10::Device device)
    : source_(source),
      stages_(std::move(stages)),
      kind_(kind),
      seed_(seed),
      rank_(world.rank()),
      ranks_(world.size()),
      device_(device) {}

void Feed::seek(std::int64_t epoch, std::int64_t index) {
  source_.seek(epoch, index);
  epoch_ = epoch;
  index_ = index;
}

bool Feed::next(MicroBatch& micro_batch, std::int64_t number) {
  // The source may overwrite the last micro-batch now; it must have left for the device by then.
  if (copied_) copied_->synchronize();
  if (!source_.next(micro_batch)) return false;
  const at::NoGradGuard no_grad;
  move_to_device(micro_batch);
  const auto part = static_cast<std::uint64_t>(index_ * ranks_ + rank_);
  for (const ActiveBatchStage& stage : stages_) {
    if (number < stage.from || number >= stage.until) continue;
    Random random({seed_, stage.stream, static_cast<std::uint32_t>(epoch_), part,
                   static_cast<std::uint32_t>(kind_)});
    stage.stage.call([&](BatchStage& held) { held.apply(micro_batch, random); });
  }
  if (micro_batch.images.scalar_type() == at::kByte) {
    micro_batch.images = micro_batch.images.to(at::kFloat).div_(255);
  }
  ++index_;
  return true;
}

void Feed::move_to_device(MicroBatch& micro_batch) {
  if (device_.is_cpu()) return;
  for (at::Tensor* tensor : {&micro_batch.images, &micro_batch.targets, &micro_batch.keys}) {
    if (tensor->defined()) *tensor = tensor->to(device_, /*non_blocking=*/true);
  }
  if (!copied_) copied_.emplace(device_.type());
  copied_->record(c10::impl::VirtualGuardImpl(device_.type()).getStream(device_));
}

}  // namespace r50::train
