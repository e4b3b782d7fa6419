#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace image_folder {

// The images of one split: ROOT/CLASS/NAME. Over a million of them, so names lie in one text.
class Files {
 public:
  struct File {
    std::uint64_t name = 0;  // where it begins in names
    std::uint32_t name_length = 0;
    std::uint32_t bytes = 0;  // when scanned; the file may have changed since
    std::uint32_t label = 0;
  };

  std::int64_t count() const { return static_cast<std::int64_t>(files_.size()); }
  std::uint32_t label(std::int64_t i) const { return at(i).label; }
  std::uint32_t bytes(std::int64_t i) const { return at(i).bytes; }
  // "CLASS/NAME", written over `out`.
  void append_path(std::int64_t i, const std::vector<std::string>& classes, std::string& out) const;
  // Of names, labels and sizes. Times are left out: the same files unpacked again are the same
  // data.
  std::uint64_t fingerprint(const std::vector<std::string>& classes) const;
  // Those whose place in [0, 1) lies in [low, high). A place is a hash of "CLASS/NAME": it stays
  // when other images come or go, so that a split does, too.
  Files between(double low, double high, const std::vector<std::string>& classes) const;

 private:
  friend Files scan(const std::string& root, const std::vector<std::string>& classes);
  const File& at(std::int64_t i) const { return files_[static_cast<std::size_t>(i)]; }
  std::string names_;
  std::vector<File> files_;
};

// All images of ROOT/CLASS for each class, sorted by class and name; one pass, in a few threads.
// Throws std::system_error.
Files scan(const std::string& root, const std::vector<std::string>& classes);

// Names of the folders in a folder, sorted by their bytes. Throws std::system_error.
std::vector<std::string> folders(const std::string& root);

// The name of an image that lies in the folder itself; empty if there is none.
std::string first_image(const std::string& root);

}  // namespace image_folder
