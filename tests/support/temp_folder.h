#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace r50::test {

// A folder of the test's own, which goes with it.
class TempFolder {
 public:
  explicit TempFolder(const std::string& below = testing::TempDir())
      : path_(below + "r50_test_XXXXXX") {
    if (!mkdtemp(path_.data())) throw std::runtime_error("cannot make " + path_);
    chmod(path_.c_str(), 0755);  // some tests look into it as another user
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  // Where files lie in memory, if this system has such a place: for tests of very many small ones.
  static std::string in_memory() {
    return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm/" : testing::TempDir();
  }

  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  // Returns the file's path.
  std::string write(const std::string& name, std::string_view content) const {
    std::string file = path_ + "/" + name;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }

 private:
  std::string path_;
};

}  // namespace r50::test
