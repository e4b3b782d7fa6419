#pragma once

// The one door to the disk. Everything r50 writes goes through it, so that tests can make any
// write, fsync or rename fail, tear, or be forgotten as at a loss of power.

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace r50::base {

// "cannot write 'runs/a/last.pt': No space left on device"
class FileError : public std::runtime_error {
 public:
  // `action` follows "cannot": "write", "make the folder". `code` is an errno.
  FileError(const std::string& action, std::string path, int code);
  ~FileError() override;
  const std::string& path() const { return path_; }
  int code() const { return code_; }

 private:
  std::string path_;
  int code_;
};

// write() and sync() may be called from two threads at once.
class OutputFile {
 public:
  virtual ~OutputFile();  // closes; does not sync
  virtual void write(const void* data, std::size_t size) = 0;
  void write(std::string_view text) { write(text.data(), text.size()); }
  virtual void sync() = 0;   // fsync
  virtual void close() = 0;  // throws what the destructor must swallow
};

// Held as long as the object lives; the kernel frees it when the process dies, however it dies.
class FileLock {
 public:
  virtual ~FileLock();
};

// All paths are as given to the kernel. Everything throws FileError. Any thread.
class Files {
 public:
  virtual ~Files();

  virtual std::unique_ptr<OutputFile> create(const std::string& path) = 0;  // truncates
  virtual std::unique_ptr<OutputFile> append(const std::string& path) = 0;
  virtual void rename(const std::string& from, const std::string& to) = 0;  // replaces
  virtual void remove(const std::string& path) = 0;  // a missing file is no error
  virtual void truncate(const std::string& path, std::uint64_t size) = 0;
  virtual void make_folders(const std::string& path) = 0;  // durable when it returns
  virtual void sync_folder(const std::string& path) = 0;
  virtual void link(const std::string& existing, const std::string& path) = 0;  // hard link

  // The first `limit` bytes at most.
  virtual std::string read(const std::string& path, std::uint64_t limit = UINT64_MAX) = 0;
  virtual bool exists(const std::string& path) = 0;
  virtual bool is_folder(const std::string& path) = 0;
  virtual std::uint64_t size(const std::string& path) = 0;
  virtual std::vector<std::string> list(const std::string& folder) = 0;  // names, sorted
  virtual std::uint64_t free_space(const std::string& path) = 0;

  // Null if another process holds it; `holder` then says what that process wrote into it (its pid).
  virtual std::unique_ptr<FileLock> lock(const std::string& path, std::string& holder) = 0;
};

Files& real_files();

// Temporary file in the same folder, fsync, rename, fsync of the folder: the file is the old one or
// the new one, whatever happens.
void write_atomically(Files& files, const std::string& path, std::string_view content);
// The same for readers and for a killed process, but not for a loss of power: for what may be lost
// then, and is written often.
void replace_whole(Files& files, const std::string& path, std::string_view content);

std::string folder_of(const std::string& path);  // "." for a bare name

}  // namespace r50::base
