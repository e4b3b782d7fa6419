#include "run/given_past.h"

#include <utility>

#include "run/checkpoint_folder.h"

namespace r50::run {
namespace {

// By its newest checkpoint that can be read: an older one of the past may be all there is.
bool has_gone_further(const GivenPast& past, const std::string& checkpoints, base::Files& files) {
  if (!past.step) return false;
  const auto found = CheckpointFolder(files, checkpoints, {}, [](const std::string&) {}).newest();
  return found && std::as_const(found->archive).child("progress").integer("step") > *past.step;
}

// They are another run's, which has them still, or has no use for them. That they go is written
// down first: killed in between, the next start ends it, wherever that is.
void forget_past(RunFolder& folder, base::Files& files) {
  for (const std::string& name : files.list(folder.checkpoints())) {
    const bool checkpoint = name.size() > 3 && name.compare(name.size() - 3, 3, ".pt") == 0;
    if (checkpoint) files.remove(folder.checkpoints() + "/" + name);
  }
  files.sync_folder(folder.checkpoints());
  for (const char* name : {"quarantine.txt", "metrics.jsonl"}) files.remove(folder.file(name));
}

}  // namespace

std::string leave_given_past(RunFolder& folder, base::Files& files, const Identity& before,
                             const Machine& here) {
  if (!before.past) return "";
  Identity leaving = before;
  if (leaving.past_left.empty()) {
    leaving.past_left = machine_changes(before, here);
    if (leaving.past_left.empty()) return "";
    folder.open();
    if (has_gone_further(*before.past, folder.checkpoints(), files)) return "";
    folder.write("run.json", to_json(leaving));
  }
  folder.open();
  forget_past(folder, files);
  return leaving.past_left;
}

std::string keep_history(Identity& now, const Identity& before, const Machine& here,
                         std::optional<std::int64_t> step, const std::string& left) {
  now.past_left = before.past_left;
  if (!step) {
    if (!before.past) return "";
    now.past_left = left.empty() ? "its checkpoints are not there" : left;
    return "begins anew, without the epochs that the run " + before.past->of +
           " has trained for it: " + now.past_left;
  }
  now.past = before.past;
  if (now.past && !now.past->step) now.past->step = step;
  now.went_on = before.went_on;
  const WentOn changes{*step, machine_changes(before, here), build_changes(before, now)};
  if (changes.machine.empty() && changes.build.empty()) return "";
  now.went_on.push_back(changes);
  const bool both = !changes.machine.empty() && !changes.build.empty();
  return "not bit-exact from here, because " + changes.machine + (both ? "; " : "") + changes.build;
}

}  // namespace r50::run
