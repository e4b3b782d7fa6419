#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/files.h"

namespace r50::base {
namespace {

template <class Call>
auto retried(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

class Descriptor {
 public:
  Descriptor(const std::string& action, const std::string& path, int flags)
      : number_(static_cast<int>(
            retried([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); }))) {
    if (number_ < 0) throw FileError(action, path, errno);
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

void write_all(int descriptor, const std::string& path, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t done = retried([&] { return ::write(descriptor, data, size); });
    if (done < 0) throw FileError("write", path, errno);
    data += done;
    size -= static_cast<std::size_t>(done);
  }
}

class RealOutput final : public OutputFile {
 public:
  RealOutput(const std::string& path, int flags)
      : path_(path), descriptor_("write", path, O_WRONLY | O_CREAT | flags) {}

  void write(const void* data, std::size_t size) override {
    write_all(descriptor_.number(), path_, static_cast<const char*>(data), size);
  }

  void sync() override {
    if (retried([&] { return ::fsync(descriptor_.number()); }) != 0) {
      throw FileError("write", path_, errno);
    }
  }

  // Not retried: Linux frees the number even when close is interrupted.
  void close() override {
    const int number = descriptor_.release();
    if (number >= 0 && ::close(number) != 0 && errno != EINTR) {
      throw FileError("write", path_, errno);
    }
  }

 private:
  std::string path_;
  Descriptor descriptor_;
};

class RealLock final : public FileLock {
 public:
  explicit RealLock(int number) : number_(number) {}
  // The file stays: removing it would let a third process lock a new file of the same name while a
  // second one still waits for the old.
  ~RealLock() override { ::close(number_); }

 private:
  int number_;
};

class RealFiles final : public Files {
 public:
  std::unique_ptr<OutputFile> create(const std::string& path) override {
    return std::make_unique<RealOutput>(path, O_TRUNC);
  }

  std::unique_ptr<OutputFile> append(const std::string& path) override {
    return std::make_unique<RealOutput>(path, O_APPEND);
  }

  void rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) {
      throw FileError("rename '" + from + "' to", to, errno);
    }
  }

  void remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw FileError("remove", path, errno);
  }

  void truncate(const std::string& path, std::uint64_t size) override {
    if (retried([&] { return ::truncate(path.c_str(), static_cast<off_t>(size)); }) != 0) {
      throw FileError("shorten", path, errno);
    }
  }

  void make_folders(const std::string& path) override {
    if (path.empty() || is_folder(path)) return;
    const std::string parent = folder_of(path.substr(0, path.find_last_not_of('/') + 1));
    make_folders(parent);
    if (::mkdir(path.c_str(), 0777) != 0 && !(errno == EEXIST && is_folder(path))) {
      throw FileError("make the folder", path, errno);
    }
    sync_folder(parent);
  }

  void sync_folder(const std::string& path) override {
    const Descriptor folder("write the folder", path, O_RDONLY | O_DIRECTORY);
    // Some network and FUSE file systems cannot sync folders and say EINVAL: there is nothing more
    // to be done there.
    if (retried([&] { return ::fsync(folder.number()); }) != 0 && errno != EINVAL) {
      throw FileError("write the folder", path, errno);
    }
  }

  void link(const std::string& existing, const std::string& path) override {
    if (::link(existing.c_str(), path.c_str()) != 0) {
      throw FileError("link '" + existing + "' as", path, errno);
    }
  }

  std::string read(const std::string& path, std::uint64_t limit) override {
    const Descriptor file("read", path, O_RDONLY);
    struct stat about {};
    if (::fstat(file.number(), &about) != 0) throw FileError("read", path, errno);
    std::string content;
    // Files of /proc say size 0 and still have content, hence the extra byte that finds the end.
    std::uint64_t room = static_cast<std::uint64_t>(about.st_size) + 1;
    std::size_t filled = 0;
    for (;;) {
      content.resize(std::min(limit, filled + room));
      const ssize_t got = retried(
          [&] { return ::read(file.number(), content.data() + filled, content.size() - filled); });
      if (got < 0) throw FileError("read", path, errno);
      filled += static_cast<std::size_t>(got);
      if (got == 0) break;
      room = content.size() > filled ? content.size() - filled : 4096;
    }
    content.resize(filled);
    return content;
  }

  bool exists(const std::string& path) override {
    struct stat about {};
    return look(path, about);
  }

  bool is_folder(const std::string& path) override {
    struct stat about {};
    return look(path, about) && S_ISDIR(about.st_mode);
  }

  std::uint64_t size(const std::string& path) override {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) throw FileError("read", path, errno);
    return static_cast<std::uint64_t>(about.st_size);
  }

  std::vector<std::string> list(const std::string& folder) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir(folder.c_str()), &::closedir);
    if (!opened) throw FileError("read the folder", folder, errno);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(opened.get())) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
      errno = 0;
    }
    if (errno != 0) throw FileError("read the folder", folder, errno);
    std::sort(names.begin(), names.end());
    return names;
  }

  std::uint64_t free_space(const std::string& path) override {
    struct statvfs about {};
    if (retried([&] { return ::statvfs(path.c_str(), &about); }) != 0) {
      throw FileError("ask for the free space of", path, errno);
    }
    return static_cast<std::uint64_t>(about.f_bavail) * about.f_frsize;
  }

  std::unique_ptr<FileLock> lock(const std::string& path, std::string& holder) override {
    Descriptor file("lock", path, O_RDWR | O_CREAT);
    if (retried([&] { return ::flock(file.number(), LOCK_EX | LOCK_NB); }) != 0) {
      if (errno != EWOULDBLOCK) throw FileError("lock", path, errno);
      holder = read(path, 64);
      while (!holder.empty() && holder.back() == '\n') holder.pop_back();
      return nullptr;
    }
    if (::ftruncate(file.number(), 0) != 0) throw FileError("lock", path, errno);
    const std::string pid = std::to_string(::getpid()) + "\n";
    write_all(file.number(), path, pid.data(), pid.size());
    return std::make_unique<RealLock>(file.release());
  }

 private:
  static bool look(const std::string& path, struct stat& about) {
    if (::stat(path.c_str(), &about) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    throw FileError("read", path, errno);
  }
};

}  // namespace

Files& real_files() {
  static RealFiles files;
  return files;
}

}  // namespace r50::base
