#pragma once

// The failures of a training that callers distinguish by type.

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include "r50/error.h"

namespace r50::train {

// The loss is not a finite number, or (found while saving) the weights are not. `step` counts from
// 1, as in StepEvent.
class Diverged : public Stopped {
 public:
  Diverged(std::int64_t step, double loss, double lr);
  ~Diverged() override;
  std::int64_t step() const { return step_; }

 private:
  std::int64_t step_;
};

// Memory ran out. A type of its own because the remedy is known: a larger `accumulate`.
class OutOfMemory : public Error {
 public:
  enum class While { training, evaluating };
  OutOfMemory(While what, std::int64_t images, const std::string& detail);
  ~OutOfMemory() override;
  While what_for() const { return while_; }
  std::int64_t images() const { return images_; }  // in the micro-batch at hand, of one rank

 private:
  While while_;
  std::int64_t images_;
};

// Whether an exception, possibly wrapped by a plugin's border, says that memory ran out.
bool says_out_of_memory(const std::exception& error);

// Calls; turns running out of memory into an OutOfMemory that knows the size of the micro-batch.
template <class Call>
decltype(auto) naming_memory(OutOfMemory::While what, std::int64_t images, Call&& call) {
  try {
    return std::forward<Call>(call)();
  } catch (const OutOfMemory&) {
    throw;
  } catch (const std::exception& error) {
    if (says_out_of_memory(error)) throw OutOfMemory(what, images, error.what());
    throw;
  }
}

}  // namespace r50::train
