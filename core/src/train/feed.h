#pragma once

#include <c10/core/Device.h>
#include <c10/core/Event.h>

#include <optional>
#include <vector>

#include "train/trainer.h"

namespace r50::train {

// What a pass over micro-batches is for. Each draws numbers of its own.
enum class PassKind : std::uint32_t { training = 0, estimation = 1, evaluation = 2 };

// Micro-batches from a source, made ready for the model: on the device, through the batch stages,
// in float.
class Feed {
 public:
  Feed(MicroBatchSource& source, std::vector<ActiveBatchStage> stages, PassKind kind,
       std::uint64_t seed, const World& world, c10::Device device);

  void seek(std::int64_t epoch, std::int64_t index);

  // False at the end of the epoch. `number` is the micro-batch of the run, counted from its start,
  // that the stages' from and until are held against. Valid until the next call.
  bool next(MicroBatch& micro_batch, std::int64_t number);

 private:
  void move_to_device(MicroBatch& micro_batch);

  MicroBatchSource& source_;
  std::vector<ActiveBatchStage> stages_;
  PassKind kind_;
  std::uint64_t seed_;
  std::int64_t rank_, ranks_;
  c10::Device device_;
  std::int64_t epoch_ = 0;
  std::int64_t index_ = 0;
  std::optional<c10::Event> copied_;
};

}  // namespace r50::train
