#pragma once

// What the sections of a judged sweep's page share: the scene, and the verdict.

#include <string>
#include <vector>

#include "sweep/page/scene.h"
#include "sweep/show/standing.h"

namespace r50::sweep::page {

// How many leading points have a colour, a dash and a shape of their own, in all charts.
inline constexpr std::size_t most_leaders = 4;

struct View : Scene {
  explicit View(const Source& source);

  Judged judged;
  judge::Names judged_names;
  std::vector<Standing> standings;

  std::string value(double value) const;  // of the metric

 private:
  void mark_leaders();
};

}  // namespace r50::sweep::page
