#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/files.h"
#include "r50/error.h"

namespace r50::test {

// A few texts that look like files; a name that is a prefix of another's path is a folder. Can only
// be read.
class TextFiles final : public base::Files {
 public:
  void put(const std::string& path, std::string content) { files_[path] = std::move(content); }

  std::string read(const std::string& path, std::uint64_t limit) override {
    const auto file = files_.find(path);
    if (file == files_.end()) throw Error("cannot read '" + path + "': no such file");
    return file->second.substr(0, limit);
  }
  bool exists(const std::string& path) override { return files_.contains(path) || is_folder(path); }
  bool is_folder(const std::string& path) override {
    const auto inside = files_.lower_bound(path + "/");
    return inside != files_.end() && inside->first.starts_with(path + "/");
  }
  std::uint64_t size(const std::string& path) override { return read(path, UINT64_MAX).size(); }

  std::vector<std::string> list(const std::string&) override { refuse(); }
  std::unique_ptr<base::OutputFile> create(const std::string&) override { refuse(); }
  std::unique_ptr<base::OutputFile> append(const std::string&) override { refuse(); }
  void rename(const std::string&, const std::string&) override { refuse(); }
  void remove(const std::string&) override { refuse(); }
  void truncate(const std::string&, std::uint64_t) override { refuse(); }
  void make_folders(const std::string&) override { refuse(); }
  void sync_folder(const std::string&) override { refuse(); }
  void link(const std::string&, const std::string&) override { refuse(); }
  std::uint64_t free_space(const std::string&) override { refuse(); }
  std::unique_ptr<base::FileLock> lock(const std::string&, std::string&) override { refuse(); }

 private:
  [[noreturn]] static void refuse() { throw Error("these files can only be read"); }

  std::map<std::string, std::string> files_;
};

}  // namespace r50::test
