#pragma once

// A disk that fails when asked to: over a real folder, so that what it leaves behind can be
// looked at with the real files.

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"

namespace r50::test {

// The process has died: thrown by the operation it died in and by every later one.
class Killed : public std::exception {
 public:
  const char* what() const noexcept override { return "killed"; }
};

// Everything that changes the disk is an operation, numbered from 0 in the order it happens.
struct Operation {
  std::int64_t number = 0;
  std::string
      kind;  // create append write sync rename remove truncate make_folders sync_folder link
  std::string path;  // below the root
  std::string text() const { return kind + " " + path; }
};

class FaultyFiles final : public base::Files {
 public:
  // What is in `root` already counts as safely on the disk.
  explicit FaultyFiles(std::string root);

  // Once, instead of operation `number`. Of a write, the first `bytes` still reach the file.
  void fail_at(std::int64_t number, int code, std::uint64_t bytes = 0);
  void kill_at(std::int64_t number, std::uint64_t bytes = 0);
  // Every create and write fails with ENOSPC as long as this is on.
  void set_full(bool full);
  // Links fail as on FAT.
  void forbid_links();
  // Reading this file fails.
  void break_reading(const std::string& path, int code);
  // Called before each operation, under no lock: named write points.
  void watch(std::function<void(const Operation&)> watcher);

  std::vector<Operation> operations() const;

  // What was not synced is gone: data of files, and (dropped) names in folders. `kept`: the file
  // system has written the names but not the data, as many do. Later operations throw Killed.
  enum class Names { dropped, kept };
  void lose_power(Names names);

  std::unique_ptr<base::OutputFile> create(const std::string& path) override;
  std::unique_ptr<base::OutputFile> append(const std::string& path) override;
  void rename(const std::string& from, const std::string& to) override;
  void remove(const std::string& path) override;
  void truncate(const std::string& path, std::uint64_t size) override;
  void make_folders(const std::string& path) override;
  void sync_folder(const std::string& path) override;
  void link(const std::string& existing, const std::string& path) override;
  std::string read(const std::string& path, std::uint64_t limit) override;
  bool exists(const std::string& path) override;
  bool is_folder(const std::string& path) override;
  std::uint64_t size(const std::string& path) override;
  std::vector<std::string> list(const std::string& folder) override;
  std::uint64_t free_space(const std::string& path) override;
  std::unique_ptr<base::FileLock> lock(const std::string& path, std::string& holder) override;

 private:
  friend class FaultyOutput;

  struct Content {
    std::string now;
    std::string synced;
  };
  using NameTable = std::map<std::string, std::shared_ptr<Content>>;  // of files, by path

  struct Fault {
    bool kills = false;
    int code = 0;
    std::uint64_t bytes = 0;
  };

  std::optional<Fault> begin(const std::string& kind, const std::string& path);
  // Throws what the fault says, if there is one.
  void operation(const std::string& kind, const std::string& action, const std::string& path);
  [[noreturn]] void strike(const Fault& fault, const std::string& action, const std::string& path);
  void stay_alive() const;
  void write(const std::string& path, const std::shared_ptr<Content>& content,
             base::OutputFile& file, const void* data, std::size_t size);

  const std::string root_;
  mutable std::recursive_mutex mutex_;
  std::map<std::int64_t, Fault> faults_;
  std::map<std::string, int> unreadable_;
  std::function<void(const Operation&)> watcher_;
  std::vector<Operation> operations_;
  NameTable now_;
  NameTable synced_;
  bool dead_ = false;
  bool full_ = false;
  bool no_links_ = false;
};

}  // namespace r50::test
