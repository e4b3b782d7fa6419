#include "sweep/trial/written_at.h"

#include <sys/stat.h>

namespace r50::sweep {

std::optional<double> written_at(const std::string& path) {
  struct stat about = {};
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  return static_cast<double>(about.st_mtim.tv_sec) +
         1e-9 * static_cast<double>(about.st_mtim.tv_nsec);
}

}  // namespace r50::sweep
