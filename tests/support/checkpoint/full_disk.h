#pragma once

#include <cerrno>
#include <memory>
#include <string>
#include <utility>

#include "support/base/forwarding_files.h"

namespace r50::test {

// The real disk, until `room` bytes have been appended: a write beyond is torn there and fails.
class FullDisk final : public ForwardingFiles {
 public:
  std::uint64_t room = UINT64_MAX;

  std::unique_ptr<base::OutputFile> append(const std::string& path) override {
    return std::make_unique<Output>(*this, path, real().append(path));
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
};

}  // namespace r50::test
