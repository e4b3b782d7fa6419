#pragma once

// A data set for tests of the loader, and a loader's set-up over it.

#include <atomic>
#include <cerrno>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "data/loader.h"
#include "data/plan.h"

namespace r50::data {

constexpr int stored = 12;  // pixels a side

// Images that tell their index by their pixels, and remember who asked for them.
class Numbers final : public Dataset {
 public:
  explicit Numbers(std::int64_t images, std::set<std::int64_t> bad = {}) : bad_(std::move(bad)) {
    info_.classes = {"even", "odd"};
    info_.train_images = info_.evaluate_images = images;
  }
  const DatasetInfo& info() const override { return info_; }

  Sample read(Split, std::int64_t index, SampleBuffer& buffer) const override {
    {
      const std::lock_guard lock(mutex_);
      asked_.insert(index);
    }
    if (index == throws_at) throw std::logic_error("a bug in the data set");
    if (index == lacks_files_at) throw_read_fault(EMFILE, "image 3");
    if (faults_left.contains(index) && faults_left.at(index)-- > 0) throw_read_fault(EIO, "");
    if (bad_.contains(index)) throw BadSample("damaged");
    buffer.bytes.resize(stored * stored * 3);
    for (std::size_t i = 0; i < buffer.bytes.size(); ++i) {
      buffer.bytes[i] = static_cast<std::uint8_t>(index * 7 + static_cast<std::int64_t>(i));
    }
    return {
        Sample::Form::pixels, buffer.bytes, {stored, stored}, index == mislabelled ? 2 : index % 2};
  }

  std::set<std::int64_t> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  std::int64_t throws_at = -1, lacks_files_at = -1, mislabelled = -1;
  mutable std::map<std::int64_t, std::atomic<int>> faults_left;  // passing ones, by sample

 private:
  DatasetInfo info_;
  std::set<std::int64_t> bad_;
  mutable std::mutex mutex_;
  mutable std::set<std::int64_t> asked_;
};

inline RunFacts facts(std::int64_t images, std::int64_t batch) {
  RunFacts facts;
  facts.seed = 5;
  facts.batch = batch;
  facts.train_images = images;
  facts.length = {10, images / batch};
  return facts;
}

struct Parts : LoaderSetup {
  Parts(std::int64_t images, std::int64_t batch, std::set<std::int64_t> bad = {})
      : data(std::make_shared<Numbers>(images, std::move(bad))) {
    dataset = Held<Dataset>(data, "dataset 'numbers'");
    plan = epoch_plan(facts(images, batch), stored);
    seed = 5;
    allow(1);
  }
  void allow(double max_bad, const std::vector<QuarantinedSample>& known = {}) {
    quarantine = std::make_shared<Quarantine>(
        dataset, max_bad, [this](const QuarantinedSample& sample) { told.push_back(sample); },
        known);
  }
  std::shared_ptr<Numbers> data;
  std::vector<QuarantinedSample> told;
};

inline QuarantinedSample bad_training(std::int64_t index, const std::string& reason = "damaged") {
  return {Split::train, "training sample " + std::to_string(index), reason};
}

inline std::vector<std::int64_t> keys_of(const MicroBatch& batch) {
  const auto* keys = batch.keys.const_data_ptr<std::int64_t>();
  return {keys, keys + batch.size()};
}

// Everything a batch holds, in order.
inline std::string bytes_of(const MicroBatch& batch) {
  std::string bytes(static_cast<const char*>(batch.images.const_data_ptr()),
                    static_cast<std::size_t>(batch.images.numel()));
  for (const std::int64_t key : keys_of(batch)) bytes += "," + std::to_string(key);
  const auto* targets = batch.targets.const_data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < batch.size(); ++i) bytes += ":" + std::to_string(targets[i]);
  for (const std::int64_t row : batch.stand_ins) bytes += " " + std::to_string(row);
  return bytes;
}

inline std::vector<std::string> read_batches(Loader& loader, int count) {
  std::vector<std::string> all;
  MicroBatch batch;
  for (int tries = 0; tries < 4 * count && static_cast<int>(all.size()) < count; ++tries) {
    if (loader.next(batch)) all.push_back(bytes_of(batch));
  }
  return all;
}

}  // namespace r50::data
