#pragma once

// The checkpoints of one run: when they are copied, written, kept and found again.
//
//   last.pt            the newest: what the same command continues from
//   step_00000120.pt   the last few, last.pt included (a hard link: one file, two names)
//   epoch_0081.pt      kept for good
//   best.pt            the best weights, no more
//
// last.pt is replaced by one rename after everything it refers to is on disk, so it is always
// whole, and the history beside it never is all there is. Hard links, not a renamed last.pt,
// because every file then says its step and there is no moment without a last.pt.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/files.h"
#include "r50/archive.h"
#include "r50/progress.h"

namespace r50::checkpoint {

struct Keep {
  std::int64_t last = 2;   // this many of the latest, last.pt being one of them
  bool best_only = false;  // last.pt and best.pt, no history
};

struct SaveAs {
  std::int64_t epoch = 0;  // done so far
  std::int64_t step = 0;   // done so far
  bool for_good = false;   // keep it as epoch_0081.pt as well
  bool mid_epoch = false;  // then its name for good is epoch_0081_step_00000120.pt
  bool final = false;      // the run ends after it: wait() throws if it could not be saved
  // [writer thread] Called before the checkpoint is published, when it is safely in a temporary
  // file: here the caller syncs what the checkpoint refers to. If it throws, nothing is published.
  std::function<void()> before_publish = {};
};

struct SetAside {
  std::string folder;  // empty: nothing was later
  bool best = false;   // best.pt was among it
};

struct FoundCheckpoint {
  Archive archive;
  std::string file;
};

class CheckpointStore {
 public:
  // `complain` takes whole sentences for the user. [training or writer thread]
  using Complain = std::function<void(const std::string&)>;

  // Removes what a killed run left half written.
  CheckpointStore(base::Files& files, std::string folder, Keep keep, Complain complain);
  // Waits until what was handed over has been written or given up.
  ~CheckpointStore();

  // [training thread] A snapshot's memory is made ahead, in the background, so that the first save
  // stalls no longer than the others.
  void reserve(Archive live);

  // [training thread] Copies `live` and returns; a thread of the store's own writes the copy, in
  // the order of the calls. There are two buffers. If both are still waiting for the disk, a
  // periodic save is not taken (false): training continues, and the caller comes again after the
  // next step. One that is final or for good waits instead.
  //
  // A checkpoint that cannot be written is complained about; the previous ones stay as they are.
  bool save(const Archive& live, const SaveAs& as);

  // [training thread] Written before any checkpoint that is saved after it. Tried again before the
  // next checkpoint if it cannot be written.
  void save_best(const Archive& live);

  // [training thread] Until all is written. Throws Error if the final save, or the best weights at
  // that time, could not be written.
  void wait();

  // The newest checkpoint that can be read; a damaged one is passed over with a complaint. None if
  // there is no file. Throws Error naming them if there are files and all are damaged.
  std::optional<FoundCheckpoint> load_newest();

  // Makes `file` (of any folder) the last.pt from which the run resumes. What is
  // later, best.pt and checkpoints kept for good included, goes into the folder set_aside/.
  SetAside rewind(const std::string& file, const Progress& stands);

  // Takes over the best.pt of the run that this one branches from at `step`. False, and nothing
  // done, if it is of a later step, or cannot be read.
  bool adopt_best(const std::string& file, std::int64_t step);

  // For messages: "runs/a/1/checkpoints/last.pt (step 120)", or "none".
  std::string newest_text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace r50::checkpoint
