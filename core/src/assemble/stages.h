#pragma once

// The [[augmentation]] list as the loaders and the trainer run it.

#include <cstdint>
#include <vector>

#include "config/experiment.h"
#include "data/loader.h"
#include "plugin/host.h"
#include "train/trainer.h"

namespace r50::assemble {

struct Stages {
  std::vector<data::ActiveStage<RegionStage>> regions;
  std::vector<data::ActiveStage<PixelStage>> pixels;
  std::vector<train::ActiveBatchStage> batches;
};

struct BothStages {
  Stages train, evaluate;
};

// Throws WrongInput if the file's order is not regions, pixels, batches.
BothStages build_stages(const config::Experiment& experiment, host::Host& host,
                        const RunFacts& facts);

}  // namespace r50::assemble
