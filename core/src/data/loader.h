#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "data/plan.h"
#include "data/quarantine.h"
#include "r50/augmentation.h"
#include "r50/batch.h"
#include "r50/dataset.h"

namespace r50::data {

// One stage as the loader runs it: active in epochs (or steps) the file's from/until allow.
template <class Stage>
struct ActiveStage {
  Held<Stage> stage;
  Stream stream{};
  std::int64_t from = 0;  // numbers of micro-batches, from 0 at the start of the run
  std::int64_t until = INT64_MAX;
};

struct LoaderSetup {
  Held<Dataset> dataset;
  Split split = Split::train;
  std::shared_ptr<const MicroBatchPlan> plan;
  std::vector<ActiveStage<RegionStage>> regions;
  std::vector<ActiveStage<PixelStage>> pixels;
  std::uint64_t seed = 0;
  int threads = 1;
  int slots = 3;                           // micro-batches in the ring
  bool pinned = false;                     // page-locked memory, for devices
  std::shared_ptr<Quarantine> quarantine;  // of the run: its loaders share it
  base::Clock* clock = &base::real_clock();
};

// Worker threads that fill a ring of reusable micro-batches. The number of threads changes nothing
// in what comes out. They end with the loader, and report to the quarantine until then.
class Loader final : public MicroBatchSource {
 public:
  explicit Loader(LoaderSetup setup);
  ~Loader() override;
  void seek(std::int64_t epoch, std::int64_t index) override;
  bool next(MicroBatch& micro_batch) override;
  std::int64_t per_epoch() const override;

  double waited_seconds() const;  // time next() has spent waiting, since construction

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace r50::data
