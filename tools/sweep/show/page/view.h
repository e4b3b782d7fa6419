#pragma once

// What the sections of a page share: the sweep, judged, and where each trial and point belongs.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sweep/judge/names.h"
#include "sweep/judge/parameters.h"
#include "sweep/show/page/source.h"
#include "sweep/show/standing.h"

namespace r50::sweep::page {

// So many leading points have a colour, a dash and a shape of their own, in all charts.
inline constexpr std::size_t most_leaders = 4;

struct View {
  explicit View(const Source& source);

  const Source& source;
  const SweepFile& sweep;
  const std::vector<Trial>& trials;

  Judged judged;
  judge::Names judged_names;
  std::vector<Standing> standings;
  // Of the first stage: the points that the charts show.
  std::vector<judge::Group> groups;
  judge::Names names;
  std::vector<judge::Parameter> varied;
  std::vector<std::optional<std::size_t>> group_of;  // beside `trials`, both stages
  std::vector<std::size_t> leaders;                  // groups

  // Place among the leaders.
  std::optional<std::size_t> leader(std::optional<std::size_t> group) const;
  std::string point(std::optional<std::size_t> group) const;
  // "trial 12: lr 0.1, batch 64, seed 2".
  std::string trial(std::size_t index) const;
  std::string seed(std::size_t index) const;  // "seed 2"; empty where none is set
  std::string value(double value) const;      // of the metric
  // For elements that light up together.
  std::string tie(std::optional<std::size_t> group) const;

 private:
  void find_leaders();
};

}  // namespace r50::sweep::page
