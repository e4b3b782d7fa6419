#include "train/feed.h"

#include <ATen/core/grad_mode.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace r50::train {

Feed::Feed(BatchSource& source, std::vector<ActiveBatchStage> stages, Use use, std::uint64_t seed,
           const World& world, c10::Device device)
    : source_(source),
      stages_(std::move(stages)),
      use_(use),
      seed_(seed),
      rank_(world.rank()),
      ranks_(world.size()),
      device_(device) {}

void Feed::seek(std::int64_t epoch, std::int64_t batch) {
  source_.seek(epoch, batch);
  epoch_ = epoch;
  batch_ = batch;
}

bool Feed::next(Batch& batch, std::int64_t number) {
  // The source may overwrite the last batch now; it must have left for the device by then.
  if (copied_) copied_->synchronize();
  if (!source_.next(batch)) return false;
  const at::NoGradGuard no_grad;
  move_to_device(batch);
  const auto part = static_cast<std::uint64_t>(batch_ * ranks_ + rank_);
  for (const ActiveBatchStage& stage : stages_) {
    if (number < stage.from_batch || number >= stage.until_batch) continue;
    Random random({seed_, stage.stream, static_cast<std::uint32_t>(epoch_), part,
                   static_cast<std::uint32_t>(use_)});
    stage.stage.call([&](BatchStage& held) { held.apply(batch, random); });
  }
  if (batch.images.scalar_type() == at::kByte) {
    batch.images = batch.images.to(at::kFloat).div_(255);
  }
  ++batch_;
  return true;
}

void Feed::move_to_device(Batch& batch) {
  if (device_.is_cpu()) return;
  for (at::Tensor* tensor : {&batch.images, &batch.targets, &batch.keys}) {
    if (tensor->defined()) *tensor = tensor->to(device_, /*non_blocking=*/true);
  }
  if (!copied_) copied_.emplace(device_.type());
  copied_->record(c10::impl::VirtualGuardImpl(device_.type()).getStream(device_));
}

}  // namespace r50::train
