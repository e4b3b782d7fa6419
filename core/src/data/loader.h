#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "data/plan.h"
#include "r50/augmentation.h"
#include "r50/batch.h"
#include "r50/dataset.h"

namespace r50::data {

// One stage as the loader runs it: active in epochs (or steps) the file's from/until allow.
template <class Stage>
struct ActiveStage {
  Held<Stage> stage;
  Stream stream{};              // augmentation_stream(position in the file)
  std::int64_t from_batch = 0;  // counted in micro-batches over the whole run
  std::int64_t until_batch = INT64_MAX;
};

struct LoaderSetup {
  Held<Dataset> dataset;
  Split split = Split::train;
  std::shared_ptr<const BatchPlan> plan;
  std::vector<ActiveStage<RegionStage>> regions;
  std::vector<ActiveStage<PixelStage>> pixels;
  std::uint64_t seed = 0;
  int threads = 1;
  int slots = 3;        // batches in the ring
  bool pinned = false;  // page-locked memory, for devices
  double max_bad = 0.001;
  // [worker threads] Told of each sample that could not be read, once each.
  std::function<void(const std::string& name, const std::string& reason)> quarantined;
};

// Worker threads that fill a ring of reusable batches. The number of threads changes nothing in
// what comes out.
class Loader final : public BatchSource {
 public:
  explicit Loader(LoaderSetup setup);
  ~Loader() override;
  void seek(std::int64_t epoch, std::int64_t batch) override;
  bool next(Batch& batch) override;
  std::int64_t batches() const override;

  double waited_seconds() const;     // time next() has spent waiting, since construction
  std::int64_t quarantined() const;  // distinct bad samples so far

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace r50::data
