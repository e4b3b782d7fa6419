#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"

namespace r50::test {

// The real disk, for what a disk that fails somewhere does not do itself.
class ForwardingFiles : public base::Files {
 public:
  std::unique_ptr<base::OutputFile> create(const std::string& path) override {
    return real().create(path);
  }
  std::unique_ptr<base::OutputFile> append(const std::string& path) override {
    return real().append(path);
  }
  void rename(const std::string& from, const std::string& to) override { real().rename(from, to); }
  void remove(const std::string& path) override { real().remove(path); }
  void truncate(const std::string& path, std::uint64_t size) override {
    real().truncate(path, size);
  }
  void make_folders(const std::string& path) override { real().make_folders(path); }
  void sync_folder(const std::string& path) override { real().sync_folder(path); }
  void link(const std::string& existing, const std::string& path) override {
    real().link(existing, path);
  }
  std::string read(const std::string& path, std::uint64_t limit) override {
    return real().read(path, limit);
  }
  bool exists(const std::string& path) override { return real().exists(path); }
  bool is_folder(const std::string& path) override { return real().is_folder(path); }
  std::uint64_t size(const std::string& path) override { return real().size(path); }
  std::vector<std::string> list(const std::string& folder) override { return real().list(folder); }
  std::uint64_t free_space(const std::string& path) override { return real().free_space(path); }
  std::unique_ptr<base::FileLock> lock(const std::string& path, std::string& holder) override {
    return real().lock(path, holder);
  }

 protected:
  static base::Files& real() { return base::real_files(); }
};

}  // namespace r50::test
