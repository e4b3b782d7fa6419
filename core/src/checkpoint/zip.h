#pragma once

// The zip archive around a checkpoint, checked to the last byte before anything of it is used.
// (libtorch's own reader does not compare checksums.)

#include <map>
#include <string>
#include <string_view>

namespace r50::checkpoint {

class CheckpointZip {
 public:
  // Throws Error, which begins with "'PATH' ", unless every record's CRC is right. `content` must
  // outlive the object.
  CheckpointZip(std::string_view content, const std::string& path);

  bool has(const std::string& name) const { return records_.count(name) != 0; }
  // Names are without the archive's own folder: "data.pkl", "data/0".
  std::string_view record(const std::string& name) const;

 private:
  std::string path_;
  std::map<std::string, std::string_view> records_;
};

}  // namespace r50::checkpoint
