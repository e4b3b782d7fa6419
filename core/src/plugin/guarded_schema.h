#pragma once

#include <memory>
#include <string>

#include "r50/plugin.h"

namespace r50::host {

// A plugin's schema, whose rules are code of the plugin: what they throw gets the plugin's name.
std::shared_ptr<const AnySchema> guard(std::shared_ptr<const AnySchema> schema, std::string label);

// A constructor's complaint about one of its keys, at the place where the key is written.
void add_bad_key(const BadKey& error, const Value& table, const std::string& label,
                 Problems& problems);

}  // namespace r50::host
