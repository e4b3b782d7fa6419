#pragma once

#include <memory>
#include <string>

#include "r50/plugin.h"

namespace r50::host {

// Loads a plugin's file, whose stamp has been checked, and asks it for the one plugin in it. The
// file stays loaded to the end of the process. Throws WrongInput with the file and the reason.
PluginEntry load_library(const std::string& file);

// What dlopen says about `file`, for people: without the file's name and with C++ names readable.
std::string readable_load_error(std::string text, const std::string& file);

// A plugin's schema, whose rules are code of the plugin: what they throw gets the plugin's name.
std::shared_ptr<const AnySchema> guard(std::shared_ptr<const AnySchema> schema, std::string label);

// A constructor's complaint about one of its keys, at the place where the key is written.
void add_bad_key(const BadKey& error, const Value& table, const std::string& label,
                 Problems& problems);

}  // namespace r50::host
