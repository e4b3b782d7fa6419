#pragma once

#include <exception>
#include <utility>

#include "train/trainer.h"

namespace r50::train {

// Whether an exception, possibly wrapped by a plugin's border, says that memory ran out.
bool says_out_of_memory(const std::exception& error);

// Calls; turns running out of memory into an OutOfMemory that knows the size of the micro-batch.
template <class Call>
decltype(auto) telling_memory(OutOfMemory::While what, std::int64_t images, Call&& call) {
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
