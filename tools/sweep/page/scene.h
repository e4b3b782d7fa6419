#pragma once

// What the sections of a page share.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sweep/judge/varied_parameters.h"
#include "sweep/page/page.h"
#include "sweep/show/standing.h"

namespace r50::sweep::page {

// By colour and by something else: a dash of its lines, which goes with a shape of its marks.
struct Look {
  std::size_t color = 0, dash = 0;
};
inline constexpr std::size_t most_colors = 6, most_dashes = 4;  // that style.cc has

// The sweep's trials, the point that each belongs to, and by what a point is known again from chart
// to chart.
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

// How many leading points have a colour, a dash and a shape of their own, in all charts.
inline constexpr std::size_t most_leaders = 4;

// Of a judged sweep's page: the verdict, too.
struct View : Scene {
  explicit View(const Source& source);

  Judged judged;
  judge::Names judged_names;
  std::vector<Standing> standings;

  std::string value(double value) const;  // of the metric

 private:
  void mark_leaders();
};

// Of a page on learning-rate finders. There is no verdict: each point has its rate.
struct FinderView : Scene {
  explicit FinderView(const Source& source);

  const std::vector<Finder>& finders;
  std::vector<std::optional<std::size_t>> group_of_finder;  // beside `finders`
  // Which parameter's values colours and dashes stand for; empty: none.
  std::string told_by_color, told_by_dash;

  std::string name(std::size_t finder) const;   // of its point, and its seed if that was set
  std::string words(std::size_t finder) const;  // for who points at it

 private:
  std::optional<std::size_t> trial_of(std::size_t finder) const;
  void choose_looks();
};

}  // namespace r50::sweep::page
