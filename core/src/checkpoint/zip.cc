#include "checkpoint/zip.h"

#include <absl/strings/str_format.h>

#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <vector>

#include "r50/error.h"

namespace r50::checkpoint {
namespace {

// Positions and sizes below are of PKWARE's APPNOTE.TXT.
constexpr std::uint32_t local_signature = 0x04034b50;
constexpr std::uint32_t entry_signature = 0x02014b50;
constexpr std::uint32_t end_signature = 0x06054b50;
constexpr std::uint32_t end64_signature = 0x06064b50;
constexpr std::uint32_t locator64_signature = 0x07064b50;
constexpr std::uint64_t in_extra = 0xffffffff;  // "the value stands in the 64-bit part"

[[noreturn]] void damaged(const std::string& path, const std::string& what) {
  throw Error("'" + path + "' is damaged or not a checkpoint: " + what + ".");
}

class Bytes {
 public:
  Bytes(std::string_view content, const std::string& path) : content_(content), path_(path) {}

  std::uint64_t size() const { return content_.size(); }

  std::string_view part(std::uint64_t at, std::uint64_t size) const {
    if (at > content_.size() || size > content_.size() - at) {
      damaged(path_, "it ends too early, or points beyond its end");
    }
    return content_.substr(at, size);
  }

  std::uint64_t number(std::uint64_t at, std::size_t size) const {
    std::uint64_t value = 0;
    const std::string_view bytes = part(at, size);
    for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
  }

  void expect(std::uint64_t at, std::uint32_t signature, const std::string& what) const {
    if (number(at, 4) != signature) damaged(path_, "there is no " + what + " where one should be");
  }

  const std::string& path() const { return path_; }

 private:
  std::string_view content_;
  const std::string& path_;
};

struct Directory {
  std::uint64_t entries = 0;
  std::uint64_t start = 0;
  std::uint64_t size = 0;
  std::uint64_t end = 0;  // where it must end
};

Directory find_directory(const Bytes& bytes) {
  constexpr std::uint64_t end_size = 22;
  if (bytes.size() < end_size)
    damaged(bytes.path(), absl::StrFormat("it has only %d bytes", bytes.size()));
  const std::uint64_t end = bytes.size() - end_size;  // a comment would follow; nobody writes one
  bytes.expect(end, end_signature, "end record (the file was probably cut off)");
  Directory directory{bytes.number(end + 10, 2), bytes.number(end + 16, 4),
                      bytes.number(end + 12, 4), end};
  // PyTorch always writes the 64-bit records as well, other tools only for files that need them.
  constexpr std::uint64_t locator_size = 20;
  if (end >= locator_size && bytes.number(end - locator_size, 4) == locator64_signature) {
    const std::uint64_t end64 = bytes.number(end - locator_size + 8, 8);
    bytes.expect(end64, end64_signature, "64-bit end record");
    directory = {bytes.number(end64 + 32, 8), bytes.number(end64 + 48, 8),
                 bytes.number(end64 + 40, 8), end64};
  }
  return directory;
}

struct Entry {
  std::string name;
  std::uint64_t crc = 0;
  std::uint64_t size = 0;
  std::uint64_t local = 0;
};

// Reads the entry at `at` and moves `at` behind it.
Entry read_entry(const Bytes& bytes, std::uint64_t& at) {
  bytes.expect(at, entry_signature, "directory entry");
  const std::uint64_t method = bytes.number(at + 10, 2);
  std::uint64_t stored = bytes.number(at + 20, 4);
  Entry entry{"", bytes.number(at + 16, 4), bytes.number(at + 24, 4), bytes.number(at + 42, 4)};
  const std::uint64_t name_size = bytes.number(at + 28, 2);
  const std::uint64_t extra_size = bytes.number(at + 30, 2);
  const std::uint64_t comment_size = bytes.number(at + 32, 2);
  entry.name = bytes.part(at + 46, name_size);

  std::uint64_t extra = at + 46 + name_size;
  const std::uint64_t extra_end = extra + extra_size;
  at = extra_end + comment_size;
  while (extra + 4 <= extra_end) {
    const std::uint64_t id = bytes.number(extra, 2);
    std::uint64_t field = extra + 4;
    extra = field + bytes.number(extra + 2, 2);
    if (id != 1) continue;
    for (std::uint64_t* value : {&entry.size, &stored, &entry.local}) {
      if (*value != in_extra) continue;
      *value = bytes.number(field, 8);
      field += 8;
    }
  }
  if (method != 0 || stored != entry.size) {
    damaged(bytes.path(), "its part '" + entry.name + "' is compressed");
  }
  return entry;
}

std::string_view data_of(const Bytes& bytes, const Entry& entry) {
  bytes.expect(entry.local, local_signature, "part '" + entry.name + "'");
  const std::uint64_t start =
      entry.local + 30 + bytes.number(entry.local + 26, 2) + bytes.number(entry.local + 28, 2);
  const std::string_view data = bytes.part(start, entry.size);
  const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(data.data()), data.size());
  if (crc != entry.crc) {
    damaged(bytes.path(), "its part '" + entry.name + "' does not match its checksum");
  }
  return data;
}

}  // namespace

CheckpointZip::CheckpointZip(std::string_view content, const std::string& path) : path_(path) {
  const Bytes bytes(content, path_);
  const Directory directory = find_directory(bytes);
  std::uint64_t at = directory.start;
  std::string folder;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    const Entry entry = read_entry(bytes, at);
    const std::size_t slash = entry.name.find('/');
    const std::string own_folder = entry.name.substr(0, slash);
    if (i == 0) folder = own_folder;
    if (slash == std::string::npos || own_folder != folder) {
      damaged(path_, "its part '" + entry.name + "' lies outside of '" + folder + "/'");
    }
    if (!records_.emplace(entry.name.substr(slash + 1), data_of(bytes, entry)).second) {
      damaged(path_, "it has two parts '" + entry.name + "'");
    }
  }
  // A wrong count or size would leave parts out unseen.
  if (at != directory.start + directory.size || at != directory.end) {
    damaged(path_, "its directory does not have the size it says");
  }
}

std::string_view CheckpointZip::record(const std::string& name) const {
  const auto found = records_.find(name);
  if (found == records_.end()) damaged(path_, "it has no part '" + name + "'");
  return found->second;
}

}  // namespace r50::checkpoint
