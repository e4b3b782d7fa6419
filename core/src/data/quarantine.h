#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_set>

#include "data/loader.h"

namespace r50::data {

// Samples that could not be read, each told once. A bad sample is still tried again whenever it
// comes up: what an epoch shows must not depend on what earlier epochs, perhaps of another process,
// saw.
class BadSamples {
 public:
  explicit BadSamples(const LoaderSetup& setup);

  // [worker threads] Throws an Error once there are more of them than max_bad allows.
  void add(std::int64_t index, const std::string& reason);
  std::int64_t count() const;
  std::int64_t images() const { return images_; }

 private:
  const LoaderSetup& setup_;
  std::int64_t images_;
  std::int64_t allowed_;
  mutable std::mutex mutex_;
  std::unordered_set<std::int64_t> seen_;
};

}  // namespace r50::data
