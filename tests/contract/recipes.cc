#include "recipes.h"

namespace r50::test {

Recipe::Recipe(Kind kind, const std::string& name) {
  Table values;
  if (kind == Kind::scheduler && name == "sequence") {
    Table first, second;
    first.set("use", "constant");
    second.set("use", "cosine");
    values.set("parts", Array{Value(std::move(first)), Value(std::move(second))});
    values.set("milestones", Array{Value("30%")});
  }
  values_ = Value(std::move(values));
}

}  // namespace r50::test
