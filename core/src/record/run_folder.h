#pragma once

// runs/NAME/ID: where a run's files lie, and how the same command finds its run again.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"

namespace r50::record {

class RunFolder {
 public:
  RunFolder(base::Files& files, std::string path) : files_(files), path_(std::move(path)) {}

  // runs/NAME/ID, or the newest of runs/NAME/ID-2, ID-3, ... that --fresh has made; with `fresh`,
  // the next one of these.
  static std::string find(base::Files& files, const std::string& root, const std::string& name,
                          const std::string& id, bool fresh);

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  std::string checkpoints() const { return file("checkpoints"); }
  std::string metrics() const { return file("metrics.jsonl"); }

  bool exists() { return files_.exists(file("resolved.toml")); }
  std::vector<std::string> checkpoint_names();  // best.pt too
  bool has_checkpoints();                       // to resume from
  bool finished() { return files_.exists(file("result.json")); }

  // Makes the folders and takes the lock. Throws WrongInput if it cannot be written, or another
  // process trains in it (with its pid). Nothing more the second time.
  void open();

  void write(const std::string& name, const std::string& content);
  std::optional<std::string> read(const std::string& name);

 private:
  base::Files& files_;
  std::string path_;
  std::unique_ptr<base::FileLock> lock_;
};

}  // namespace r50::record
