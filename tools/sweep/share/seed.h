#pragma once

// A trial's folder, made from another's that stands where the trial begins.

#include <cstdint>
#include <string>

#include "base/files.h"

namespace r50::sweep {

struct Seeding {
  std::string parent, child;  // their ids
  std::string from, to;       // their folders
  std::int64_t epoch = 0;     // that the parent stands at the end of
};

// `to` holds, afterwards, what the child's own run would have left there had it trained these
// epochs itself: its record, its checkpoints (one file on the disk, two names, where the disk can),
// best.pt. So its run goes on as any interrupted one does, the parent need not wait for it, and
// nobody has to remember which of the parent's checkpoints is needed still. The parent's run has
// ended, the child's has not begun. May be killed at any point and done again.
void seed_folder(base::Files& files, const Seeding& seeding);

struct PastMark {
  std::string parent, child;  // their ids; one, where a trial has paused for others
  std::int64_t epochs = 0;
};

// In the run.json of `folder`, if it has one: that what lies there is the parent's.
void mark_past(base::Files& files, const std::string& folder, const PastMark& mark);

}  // namespace r50::sweep
