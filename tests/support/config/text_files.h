#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/files.h"

namespace r50::test {

// A few texts that look like files; a name that is a prefix of another's path is a folder. Can only
// be read.
class TextFiles final : public base::Files {
 public:
  void put(const std::string& path, std::string content) { files_[path] = std::move(content); }

  std::string read(const std::string& path, std::uint64_t limit) override;
  bool exists(const std::string& path) override;
  bool is_folder(const std::string& path) override;
  std::uint64_t size(const std::string& path) override;
  std::vector<std::string> list(const std::string& folder) override;

  std::unique_ptr<base::OutputFile> create(const std::string& path) override;
  std::unique_ptr<base::OutputFile> append(const std::string& path) override;
  void rename(const std::string& from, const std::string& to) override;
  void remove(const std::string& path) override;
  void truncate(const std::string& path, std::uint64_t size) override;
  void make_folders(const std::string& path) override;
  void sync_folder(const std::string& path) override;
  void link(const std::string& existing, const std::string& path) override;
  std::uint64_t free_space(const std::string& path) override;
  std::unique_ptr<base::FileLock> lock(const std::string& path, std::string& holder) override;

 private:
  std::map<std::string, std::string> files_;
};

}  // namespace r50::test
