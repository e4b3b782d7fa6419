#pragma once

// The files of checkpoint_store.h: their names, the order in which they are written, and what is
// found again. One thread at a time.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "checkpoint/store.h"
#include "r50/archive.h"

namespace r50::checkpoint {

class CheckpointFolder {
 public:
  using Complain = CheckpointStore::Complain;

  CheckpointFolder(base::Files& files, std::string path, Keep keep, Complain complain);

  // Throws if last.pt is not the new checkpoint, or might not be after a loss of power. What goes
  // wrong with the history only is complained about.
  void publish(const Archive& archive, const SaveAs& as);
  void publish_best(const Archive& archive);

  std::optional<FoundCheckpoint> newest();
  SetAside rewind(const std::string& file, const Progress& stands);
  bool adopt_best(const std::string& file, std::int64_t step);

  std::string last() const { return file("last.pt"); }

 private:
  struct Step {
    std::int64_t number;
    std::string name;
  };
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  std::vector<Step> steps() const;  // the latest first
  std::vector<std::string> later_than(const Progress& stands) const;
  std::vector<std::string> candidates() const;
  std::vector<std::string> other_names(const SaveAs& as) const;
  void place(const std::string& from, const std::string& to,
             const std::function<void(const std::string&)>& copy);
  void prune(std::int64_t newest);
  bool best_is_of(const std::string& file, std::int64_t latest) const;
  std::function<void(const std::string&)> copy_of(const std::string& source) const;
  std::string new_folder_aside();
  void move_aside(const std::vector<Step>& later);
  void remove_quietly(const std::string& path);

  base::Files& files_;
  std::string path_;
  Keep keep_;
  Complain complain_;
};

}  // namespace r50::checkpoint
