#pragma once

// What the sections of every page share: the sweep's trials, the point that each belongs to, and by
// what a point is known again from chart to chart.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sweep/judge/names.h"
#include "sweep/judge/varied_parameters.h"
#include "sweep/page/source.h"

namespace r50::sweep::page {

// By colour and by something else: a dash of its lines, which goes with a shape of its marks.
struct Look {
  std::size_t color = 0, dash = 0;
};
inline constexpr std::size_t most_colors = 6, most_dashes = 4;  // that style.cc has

struct Scene {
  explicit Scene(const Source& source);

  const Source& source;
  const SweepFile& sweep;
  const std::vector<Trial>& trials;

  // Of the first stage: the points that the charts show.
  std::vector<judge::Group> groups;
  judge::Names names;
  std::vector<judge::Parameter> varied;
  std::vector<std::optional<std::size_t>> group_of;  // beside `trials`, all stages
  std::vector<std::size_t> marked;  // groups with a look of their own; the first lie topmost
  std::vector<Look> looks;          // beside `marked`

  std::optional<std::size_t> place(std::optional<std::size_t> group) const;  // among the marked
  std::optional<Look> look(std::optional<std::size_t> group) const;
  std::size_t height(std::optional<std::size_t> group) const;  // who has more lies on top
  std::string point(std::optional<std::size_t> group) const;
  // "trial 12: lr 0.1, batch 64, seed 2".
  std::string trial(std::size_t index) const;
  std::string seed(std::size_t index) const;  // "seed 2"; empty where none is set
  // For elements that light up together.
  std::string tie(std::optional<std::size_t> group) const;
};

// The group of each trial of a stage; nothing for others.
std::vector<std::optional<std::size_t>> groups_of_trials(const std::vector<Trial>& trials,
                                                         const SweepFile& sweep,
                                                         const std::vector<judge::Group>& groups,
                                                         const std::string& stage);

}  // namespace r50::sweep::page
