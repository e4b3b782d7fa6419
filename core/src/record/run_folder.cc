#include "record/run_folder.h"

#include <algorithm>
#include <exception>

#include "r50/error.h"

namespace r50::record {

std::string RunFolder::find(base::Files& files, const std::string& root, const std::string& name,
                            const std::string& id, bool fresh) {
  const std::string first = root + "/" + name + "/" + id;
  std::string newest = first;
  std::string next = first;
  for (int i = 2; files.exists(next); ++i) {
    newest = next;
    next = first + "-" + std::to_string(i);
  }
  return fresh ? next : newest;
}

void RunFolder::open() {
  if (lock_) return;
  try {
    files_.make_folders(checkpoints());
    std::string holder;
    lock_ = files_.lock(file("lock"), holder);
    if (!lock_) {
      throw WrongInput("another process (pid " + holder + ") is training in " + path_ +
                       "; wait for it, stop it, or give this run a folder of its own with "
                       "--run-dir or --fresh");
    }
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw WrongInput("the run folder " + path_ + " cannot be written: " + error.what() +
                     "; choose another with [run] folder or --run-dir");
  }
}

std::vector<std::string> RunFolder::checkpoint_names() {
  std::vector<std::string> names;
  if (!files_.is_folder(checkpoints())) return names;
  for (const std::string& name : files_.list(checkpoints())) {
    if (name.size() > 3 && name.compare(name.size() - 3, 3, ".pt") == 0) names.push_back(name);
  }
  return names;
}

bool RunFolder::has_checkpoints() {
  const std::vector<std::string> names = checkpoint_names();
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return name != "best.pt"; });
}

void RunFolder::write(const std::string& name, const std::string& content) {
  base::write_atomically(files_, file(name), content);
}

std::optional<std::string> RunFolder::read(const std::string& name) {
  if (!files_.exists(file(name))) return std::nullopt;
  return files_.read(file(name));
}

}  // namespace r50::record
