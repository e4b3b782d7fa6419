#include "folder_scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

namespace image_folder {
namespace {

struct Close {
  void operator()(DIR* folder) const { closedir(folder); }
};

[[noreturn]] void cannot_read(const std::string& path) {
  throw std::system_error(errno, std::generic_category(), "cannot read '" + path + "'");
}

// The entries of a folder, in the disk's order.
class Folder {
 public:
  explicit Folder(const std::string& path) : path_(path), folder_(opendir(path.c_str())) {
    if (!folder_) cannot_read(path);
  }

  // Null at the end.
  const dirent* next() {
    errno = 0;
    const dirent* const entry = readdir(folder_.get());
    if (!entry && errno != 0) cannot_read(path_);
    return entry;
  }

  // What the entry is, links followed. False: a link to nowhere, or removed meanwhile. Any other
  // trouble is not silent: the image would be missing from the data set, unseen.
  bool look(const dirent& entry, struct stat& about) const {
    if (fstatat(dirfd(folder_.get()), entry.d_name, &about, 0) == 0) return true;
    if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
      cannot_read(path_ + "/" + entry.d_name);
    return false;
  }

 private:
  std::string path_;
  std::unique_ptr<DIR, Close> folder_;
};

bool is_image_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (name.empty() || name[0] == '.' || dot == std::string_view::npos) return false;
  std::string ending(name.substr(dot + 1));
  for (char& letter : ending) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  constexpr std::array<std::string_view, 3> endings = {"jpg", "jpeg", "png"};
  return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

struct Found {
  std::string name;
  std::uint32_t bytes;
};

std::vector<Found> scan_class(const std::string& path) {
  Folder folder(path);
  std::vector<Found> found;
  while (const dirent* entry = folder.next()) {
    if (!is_image_name(entry->d_name)) continue;
    struct stat about {};
    if (!folder.look(*entry, about) || !S_ISREG(about.st_mode)) continue;  // a folder called x.png
    constexpr auto most = std::numeric_limits<std::uint32_t>::max();
    found.push_back(
        {entry->d_name, static_cast<std::uint32_t>(std::min<std::uint64_t>(most, about.st_size))});
  }
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.name < b.name; });
  return found;
}

// FNV-1a: it guards against accidents, and no library comes along for it.
class Hash {
 public:
  void add(std::string_view text) {
    for (const char letter : text) {
      value_ = (value_ ^ static_cast<std::uint8_t>(letter)) * 0x100000001b3u;
    }
  }
  void add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i, number >>= 8) value_ = (value_ ^ (number & 255)) * 0x100000001b3u;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325u;
};

double place_of(std::string_view folder, std::string_view name) {
  Hash hash;
  hash.add(folder);
  hash.add("/");
  hash.add(name);
  // FNV's high bits hardly know of the last letters: mixed as splitmix64 does.
  std::uint64_t mixed = hash.value();
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  mixed ^= mixed >> 31;
  return static_cast<double>(mixed >> 11) * 0x1.0p-53;
}

}  // namespace

void Files::append_path(std::int64_t i, const std::vector<std::string>& classes,
                        std::string& out) const {
  const File& file = at(i);
  out += classes[file.label];
  out += '/';
  out.append(names_, file.name, file.name_length);
}

std::uint64_t Files::fingerprint(const std::vector<std::string>& classes) const {
  Hash hash;
  for (const std::string& name : classes) hash.add(name), hash.add(name.size());
  for (const File& file : files_) {
    hash.add(std::string_view(names_).substr(file.name, file.name_length));
    hash.add(file.label);
    hash.add(file.bytes);
  }
  return hash.value();
}

Files Files::between(double low, double high, const std::vector<std::string>& classes) const {
  Files some;
  for (const File& file : files_) {
    const std::string_view name = std::string_view(names_).substr(file.name, file.name_length);
    const double place = place_of(classes[file.label], name);
    if (place < low || place >= high) continue;
    some.files_.push_back({some.names_.size(), file.name_length, file.bytes, file.label});
    some.names_ += name;
  }
  return some;
}

Files scan(const std::string& root, const std::vector<std::string>& classes) {
  std::vector<std::vector<Found>> found(classes.size());
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr failure;
  auto work = [&] {
    try {
      for (std::size_t i; (i = next++) < classes.size();) {
        found[i] = scan_class(root + "/" + classes[i]);
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
    }
  };
  {
    // More threads than cores: on a cold disk they wait, and waiting together is faster.
    std::vector<std::jthread> threads;
    const std::size_t count = std::min<std::size_t>(classes.size() / 8, 8);
    for (std::size_t i = 0; i < count; ++i) threads.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);

  Files files;
  for (std::size_t label = 0; label < found.size(); ++label) {
    for (const Found& file : found[label]) {
      files.files_.push_back({files.names_.size(), static_cast<std::uint32_t>(file.name.size()),
                              file.bytes, static_cast<std::uint32_t>(label)});
      files.names_ += file.name;
    }
  }
  return files;
}

std::vector<std::string> folders(const std::string& root) {
  Folder folder(root);
  std::vector<std::string> names;
  while (const dirent* entry = folder.next()) {
    if (entry->d_name[0] == '.') continue;
    struct stat about {};
    const bool is_folder =
        entry->d_type == DT_DIR || ((entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN) &&
                                    folder.look(*entry, about) && S_ISDIR(about.st_mode));
    if (is_folder) names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string first_image(const std::string& root) {
  Folder folder(root);
  std::string first;
  while (const dirent* entry = folder.next()) {
    if (is_image_name(entry->d_name) && (first.empty() || entry->d_name < first)) {
      first = entry->d_name;
    }
  }
  return first;
}

}  // namespace image_folder
