#pragma once

#include <memory>
#include <string>

#include "r50/plugin.h"
#include "support/temp_folder.h"

namespace r50::test {

// Values for the keys of a plugin of ours that have no default and that nobody can guess; files
// they name lie in a folder that goes with the recipe.
class Recipe {
 public:
  Recipe(Kind kind, const std::string& name);
  const Value& values() const { return values_; }

 private:
  TempFolder folder_;
  Value values_;
};

}  // namespace r50::test
