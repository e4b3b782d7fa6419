#pragma once

#include <cerrno>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/files.h"

namespace r50::test {

// The real disk, until `room` bytes have been appended: a write beyond is torn there and fails.
class FullDisk final : public base::Files {
 public:
  std::uint64_t room = UINT64_MAX;

  std::unique_ptr<base::OutputFile> create(const std::string& path) override {
    return real().create(path);
  }
  std::unique_ptr<base::OutputFile> append(const std::string& path) override {
    return std::make_unique<Output>(*this, path, real().append(path));
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

 private:
  class Output final : public base::OutputFile {
   public:
    Output(FullDisk& disk, std::string path, std::unique_ptr<base::OutputFile> file)
        : disk_(disk), path_(std::move(path)), file_(std::move(file)) {}
    void write(const void* data, std::size_t size) override {
      const std::size_t part = size < disk_.room ? size : static_cast<std::size_t>(disk_.room);
      file_->write(data, part);
      if (disk_.room != UINT64_MAX) disk_.room -= part;
      if (part < size) throw base::FileError("write", path_, ENOSPC);
    }
    void sync() override { file_->sync(); }
    void close() override { file_->close(); }

   private:
    FullDisk& disk_;
    std::string path_;
    std::unique_ptr<base::OutputFile> file_;
  };

  static base::Files& real() { return base::real_files(); }
};

}  // namespace r50::test
