#pragma once

// What the sections of a page on learning-rate finders share. There is no verdict: each point has
// its rate.

#include <vector>

#include "sweep/page/scene.h"

namespace r50::sweep::page {

struct FinderView : Scene {
  explicit FinderView(const Source& source);

  const std::vector<Finder>& finders;
  std::vector<std::optional<std::size_t>> group_of_finder;  // beside `finders`
  // Which parameter's values colours and dashes stand for; empty: none.
  std::string told_by_color, told_by_dash;

  std::string name(std::size_t finder) const;   // of its point, and its seed if that was set
  std::string words(std::size_t finder) const;  // for who points at it

 private:
  void choose_looks();
};

}  // namespace r50::sweep::page
