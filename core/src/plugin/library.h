#pragma once

#include <string>

#include "r50/plugin.h"

namespace r50::host {

// Loads a plugin's file, whose stamp has been checked, and asks it for the one plugin in it. The
// file stays loaded to the end of the process. Throws WrongInput with the file and the reason.
PluginEntry load_library(const std::string& file);

// What dlopen says about `file`, for people: without the file's name and with C++ names readable.
std::string readable_load_error(std::string text, const std::string& file);

}  // namespace r50::host
