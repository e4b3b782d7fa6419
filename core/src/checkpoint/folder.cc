#include "checkpoint/folder.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <exception>

#include "checkpoint/file.h"
#include "r50/error.h"

namespace r50::checkpoint {
namespace {

std::string step_text(std::int64_t step) { return absl::StrFormat("step_%08d", step); }

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// FAT, many FUSE mounts (Google Drive in Colab) and some network file systems have no hard links.
bool no_hard_links(int code) {
  return code == EPERM || code == EOPNOTSUPP || code == ENOSYS || code == EMLINK || code == EXDEV;
}

}  // namespace

CheckpointFolder::CheckpointFolder(base::Files& files, std::string path, Keep keep,
                                   Complain complain)
    : files_(files), path_(std::move(path)), keep_(keep), complain_(std::move(complain)) {
  if (!files_.is_folder(path_)) return;
  for (const std::string& name : files_.list(path_)) {
    if (ends_with(name, ".pt.tmp")) remove_quietly(file(name));
  }
}

void CheckpointFolder::remove_quietly(const std::string& path) {
  try {
    files_.remove(path);
  } catch (const base::FileError&) {
    // It takes space and does no harm: it is never read, and removed before it is written again.
  }
}

// Gives a file a second name, replacing what had it before in one step.
void CheckpointFolder::place(const std::string& from, const std::string& to,
                             const std::function<void(const std::string&)>& copy) {
  const std::string temporary = to + ".tmp";
  try {
    files_.remove(temporary);
    try {
      files_.link(from, temporary);
    } catch (const base::FileError& error) {
      if (!no_hard_links(error.code())) throw;
      copy(temporary);
    }
    files_.rename(temporary, to);
  } catch (...) {
    const std::exception_ptr reason = std::current_exception();
    remove_quietly(temporary);
    std::rethrow_exception(reason);
  }
}

std::vector<std::string> CheckpointFolder::other_names(const SaveAs& as) const {
  std::vector<std::string> names;
  if (keep_.last > 1 && !keep_.best_only) names.push_back(step_text(as.step) + ".pt");
  if (as.for_good) {
    const std::string epoch = absl::StrFormat("epoch_%04d", as.epoch);
    names.push_back(epoch + (as.mid_epoch ? "_" + step_text(as.step) : "") + ".pt");
  }
  return names;
}

void CheckpointFolder::publish(const Archive& archive, const SaveAs& as) {
  const std::string temporary = last() + ".tmp";
  try {
    write_archive(files_, temporary, archive);
    if (as.before_publish) as.before_publish();
    for (const std::string& name : other_names(as)) {
      try {
        place(temporary, file(name),
              [&](const std::string& path) { write_archive(files_, path, archive); });
      } catch (const base::FileError& error) {
        complain_(absl::StrFormat("The checkpoint of step %d is saved as last.pt only: %s.",
                                  as.step, error.what()));
      }
    }
    files_.rename(temporary, last());
  } catch (...) {
    const std::exception_ptr reason = std::current_exception();
    remove_quietly(temporary);
    std::rethrow_exception(reason);
  }
  // Older ones go only once the new names cannot be lost any more.
  files_.sync_folder(path_);
  try {
    prune(as.step);
  } catch (const base::FileError& error) {
    complain_(std::string("An old checkpoint stays on the disk: ") + error.what() + ".");
  }
}

void CheckpointFolder::publish_best(const Archive& archive) {
  write_checkpoint(files_, file("best.pt"), archive);
}

std::vector<CheckpointFolder::Step> CheckpointFolder::steps() const {
  std::vector<Step> steps;
  if (!files_.is_folder(path_)) return steps;
  const std::string prefix = "step_";
  for (const std::string& name : files_.list(path_)) {
    if (name.compare(0, prefix.size(), prefix) != 0 || !ends_with(name, ".pt")) continue;
    std::int64_t number = 0;
    const char* end = name.data() + name.size() - 3;
    const auto read = std::from_chars(name.data() + prefix.size(), end, number);
    if (read.ec == std::errc() && read.ptr == end) steps.push_back({number, name});
  }
  std::sort(steps.begin(), steps.end(),
            [](const Step& a, const Step& b) { return a.number > b.number; });
  return steps;
}

void CheckpointFolder::prune(std::int64_t newest) {
  const std::vector<Step> all = steps();
  const std::int64_t most = keep_.best_only || keep_.last < 2 ? 0 : keep_.last;
  std::vector<Step> later;
  std::int64_t kept = 0;
  for (const Step& step : all) {
    if (step.number > newest) {
      later.push_back(step);  // of a future that was given up: not of this run's past any more
    } else if (++kept > most) {
      files_.remove(file(step.name));
    }
  }
  move_aside(later);
}

std::string CheckpointFolder::new_folder_aside() {
  std::string folder = file("set_aside");
  for (int i = 2; files_.exists(folder); ++i) folder = file(absl::StrFormat("set_aside_%d", i));
  files_.make_folders(folder);
  return folder;
}

void CheckpointFolder::move_aside(const std::vector<Step>& later) {
  if (later.empty()) return;
  const std::string folder = new_folder_aside();
  for (const Step& step : later) files_.rename(file(step.name), folder + "/" + step.name);
}

std::vector<std::string> CheckpointFolder::candidates() const {
  std::vector<std::string> names;
  if (files_.exists(last())) names.push_back("last.pt");
  for (const Step& step : steps()) names.push_back(step.name);
  if (!files_.is_folder(path_)) return names;
  std::vector<std::string> all = files_.list(path_);
  std::reverse(all.begin(), all.end());
  for (const std::string& name : all) {
    if (name.compare(0, 6, "epoch_") == 0 && ends_with(name, ".pt")) names.push_back(name);
  }
  return names;
}

std::optional<FoundCheckpoint> CheckpointFolder::newest() {
  std::vector<std::string> damaged;
  for (const std::string& name : candidates()) {
    const std::string path = file(name);
    std::string reason;
    try {
      FoundCheckpoint found{read_checkpoint(files_, path), path};
      for (const std::string& text : damaged) complain_(text + " Resuming from '" + path + "'.");
      return found;
    } catch (const base::FileError& error) {
      // A disk that cannot give the bytes back has damaged them; anything else (no permission, too
      // many open files) may be mended, and resuming from an older one would hide it.
      if (error.code() != EIO) throw;
      reason = "'" + path + "' is damaged: " + error.what() + ".";
    } catch (const Error& error) {
      reason = error.what();
    }
    damaged.push_back("The checkpoint " + reason);
  }
  if (damaged.empty()) return std::nullopt;
  std::string text = "No checkpoint in '" + path_ + "' can be read:";
  for (const std::string& reason : damaged) text += "\n  " + reason;
  throw Error(text + "\nPut back a copy if you have one, or start the run again with --fresh.");
}

// For disks without hard links.
std::function<void(const std::string&)> CheckpointFolder::copy_of(const std::string& source) const {
  return [this, source](const std::string& path) {
    const auto copy = files_.create(path);
    copy->write(files_.read(source));
    copy->sync();
    copy->close();
  };
}

// Whether best weights are of a step up to `latest`, as far as can be read.
bool CheckpointFolder::best_is_of(const std::string& file, std::int64_t latest) const {
  try {
    return read_checkpoint(files_, file).child("best").integer("step") <= latest;
  } catch (const std::exception&) {
    return false;
  }
}

std::vector<std::string> CheckpointFolder::later_than(const Progress& stands) const {
  std::vector<std::string> later;
  if (!files_.is_folder(path_)) return later;
  for (const std::string& name : files_.list(path_)) {
    long long epoch = 0, step = 0;  // a name without a step is of the end of its epoch
    const bool kept = std::sscanf(name.c_str(), "epoch_%lld_step_%lld", &epoch, &step) >= 1;
    if (!kept && std::sscanf(name.c_str(), "step_%lld", &step) != 1) continue;
    if (epoch > stands.epoch() || step > stands.step) later.push_back(name);
  }
  return later;
}

SetAside CheckpointFolder::rewind(const std::string& from, const Progress& stands) {
  if (from == last()) return {};
  std::vector<std::string> later = later_than(stands);
  SetAside aside;
  aside.best = files_.exists(file("best.pt")) && !best_is_of(file("best.pt"), stands.step);
  if (aside.best) later.push_back("best.pt");
  if (files_.exists(last())) {
    aside.folder = new_folder_aside();
    place(last(), aside.folder + "/last.pt", copy_of(last()));
  }
  place(from, last(), copy_of(from));
  // If both names were of one file already, renaming has done nothing.
  remove_quietly(last() + ".tmp");
  files_.sync_folder(path_);
  for (const std::string& name : later) {
    if (aside.folder.empty()) aside.folder = new_folder_aside();
    files_.rename(file(name), aside.folder + "/" + name);
  }
  if (!aside.folder.empty()) files_.sync_folder(aside.folder);
  return aside;
}

bool CheckpointFolder::adopt_best(const std::string& from, std::int64_t step) {
  if (!best_is_of(from, step)) return false;
  place(from, file("best.pt"), copy_of(from));
  files_.sync_folder(path_);
  return true;
}

}  // namespace r50::checkpoint
