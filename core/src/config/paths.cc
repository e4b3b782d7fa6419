#include "config/paths.h"

#include <filesystem>
#include <system_error>

namespace r50::config {

namespace fs = std::filesystem;

std::string path_from_here(const std::string& written, const Spot& spot) {
  fs::path path(written);
  if (spot.known() && spot.file != command_line) path = fs::path(spot.file).parent_path() / path;
  return path.lexically_normal().string();
}

std::string path_from_anywhere(const std::string& written, const Spot& spot) {
  const fs::path here = path_from_here(written, spot);
  std::error_code no_current_folder;
  const fs::path path = fs::absolute(here, no_current_folder);
  return (no_current_folder ? here : path).lexically_normal().string();
}

std::string words(const std::vector<std::string>& files) {
  std::string text;
  for (const std::string& file : files) {
    const bool plain = file.find_first_of(" \t\n\"'\\$`*?[]{}()<>|&;#~!") == std::string::npos;
    text += (text.empty() ? "" : " ") + (plain ? file : "'" + file + "'");
  }
  return text;
}

bool is_folder_name(const std::string& name) {
  return !name.empty() && name.find_first_of("/\\\n\r\t") == std::string::npos &&
         name.front() != '.' && name.front() != '-';
}

}  // namespace r50::config
