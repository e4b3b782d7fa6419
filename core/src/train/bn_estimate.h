#pragma once

#include "train/feed.h"
#include "train/trainer.h"

namespace r50::train {

// Estimates the norms' running statistics for the weights that the model shows now: the mean over
// all batches of `feed` of each batch's mean and variance, as PyTorch's swa_utils.update_bn.
// Written into the model's buffers. `number` is the run's micro-batch whose stages apply. False if
// the run was in a hurry: the buffers then hold nothing of use.
bool estimate_statistics(const TrainParts& parts, const TrainSettings& settings, World& world,
                         RunSide& run, Feed& feed, std::int64_t number);

}  // namespace r50::train
