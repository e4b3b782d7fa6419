#pragma once

// The [[augmentation]] list as the loaders and the trainer run it.

#include <cstdint>
#include <map>
#include <string>
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

// Which draws a stage has: a stream of its own, by the plugin's name and how often the list had it
// before. So runs with and without one augmentation compare: the others draw the same.
class StageStreams {
 public:
  // The stream of the list's next stage. Throws WrongInput if another has the same.
  Stream next(const std::string& plugin, const Spot& spot);

 private:
  std::map<std::string, int> occurrences_;
  std::map<Stream, std::string> used_;
};

// Throws WrongInput if the file's order is not regions, pixels, batches.
BothStages build_stages(const config::Experiment& experiment, host::Host& host,
                        const RunFacts& facts);

}  // namespace r50::assemble
