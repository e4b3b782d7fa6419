#pragma once

// Where a run starts: at the beginning, at its newest checkpoint, at an older one of its own
// (--from), or at one of another run (--branch).

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/files.h"
#include "checkpoint/store.h"
#include "r50/archive.h"
#include "record/run_folder.h"
#include "run/training.h"

namespace r50::run {

struct Start {
  std::optional<Archive> checkpoint;  // none: a new run
  std::string file;
  std::int64_t rows = 0;  // of the record, that led there

  std::optional<std::int64_t> step() const;  // that the checkpoint stands at
};

// Makes the folder's record and checkpoints those of a run that stands there: what is later is set
// aside, what led to a branch is copied. `say` takes whole lines for the user.
Start find_start(const TrainRequest& request, record::RunFolder& folder,
                 checkpoint::CheckpointStore& store, base::Files& files,
                 const std::function<void(const std::string&)>& say);

}  // namespace r50::run
