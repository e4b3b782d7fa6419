#pragma once

#include "r50/schema.h"

namespace r50::config {

// The one way of writing a checked value, or a list of them: integers where reals belong become
// reals, "1 epochs" becomes "1 epoch". Tables, plugins and paths stay as they are.
Value normal_form(const Value& value, const FieldInfo& field);

}  // namespace r50::config
