#include "assemble/given_past.h"

#include <utility>

#include "checkpoint/folder.h"

namespace r50::assemble {
namespace {

// By its newest checkpoint that can be read. Whether one that cannot was its own nobody knows: then
// it counts as such.
bool has_gone_further(const GivenPast& past, const std::string& checkpoints, base::Files& files) {
  if (!past.step) return false;
  bool damaged = false;
  checkpoint::CheckpointFolder folder(files, checkpoints, {},
                                      [&](const std::string&) { damaged = true; });
  const auto found = folder.newest();
  return damaged ||
         (found && std::as_const(found->archive).child("progress").integer("step") > *past.step);
}

std::string joined(const std::string& one, const std::string& other) {
  return one + (one.empty() || other.empty() ? "" : "; ") + other;
}

}  // namespace

std::string reason_to_leave(const Provenance& before, const machine::Machine& here,
                            record::RunFolder& folder, base::Files& files) {
  if (!before.past) return "";
  if (!before.past_left.empty()) return before.past_left;  // killed while it left
  const std::string changes = machine_changes(before, here);
  if (changes.empty()) return "";
  folder.open();
  return has_gone_further(*before.past, folder.checkpoints(), files) ? "" : changes;
}

// That it goes is written down first: killed in between, the next start ends it, wherever that is.
// The record is emptied and not removed, since a controller may be reading it.
void leave_past(const Provenance& before, const std::string& reason, record::RunFolder& folder,
                base::Files& files) {
  Provenance leaving = before;
  leaving.past_left = reason;
  folder.write("run.json", to_json(leaving));
  for (const std::string& name : folder.checkpoint_names()) {
    files.remove(folder.checkpoints() + "/" + name);
  }
  files.sync_folder(folder.checkpoints());
  files.remove(folder.file("quarantine.txt"));
  folder.write("metrics.jsonl", "");
}

std::string keep_history(Provenance& now, const Provenance& before, const machine::Machine& here,
                         std::optional<std::int64_t> step, const std::string& left) {
  now.past_left = before.past_left;
  now.begun_anew = before.begun_anew;
  if (!step) {
    if (!before.past) return "";
    ++now.begun_anew;
    now.past_left = left.empty() ? "its checkpoints are not there" : left;
    const bool own = before.past->of == now.id;
    return (own ? "begins anew, without what it has trained before it paused for others: "
                : "begins anew, without the epochs that the run " + before.past->of +
                      " has trained for it: ") +
           now.past_left;
  }
  now.past = before.past;
  if (now.past && !now.past->step) now.past->step = step;
  now.went_on = before.went_on;
  const WentOn changes{*step, machine_changes(before, here), build_changes(before, now)};
  if (changes.machine.empty() && changes.build.empty()) return "";
  now.went_on.push_back(changes);
  return "not bit-exact from here, because " + joined(changes.machine, changes.build);
}

}  // namespace r50::assemble
