#pragma once

#include <string>

namespace r50::config {

// " in [scheduler]"; nothing at the top of a file.
inline std::string in_table(const std::string& path) {
  return path.empty() ? "" : " in [" + path + "]";
}

}  // namespace r50::config
