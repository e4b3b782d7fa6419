#pragma once

#include <string>
#include <vector>

#include "r50/error.h"

namespace r50::config {

// A path written at `spot`, as the current directory sees it: relative to the file it stands in,
// or, on the command line, to the current directory itself.
std::string path_from_here(const std::string& written, const Spot& spot);
// The same from anywhere.
std::string path_from_anywhere(const std::string& written, const Spot& spot);

// Whether runs/NAME is a folder in runs/ that people see, and is no option of a command.
bool is_folder_name(const std::string& name);

// Files as words of a command: "a.toml b.toml".
std::string words(const std::vector<std::string>& files);

// Spot::file of what the command line says.
inline constexpr const char* command_line = "command line";

}  // namespace r50::config
