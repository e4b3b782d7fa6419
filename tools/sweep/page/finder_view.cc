#include "sweep/page/finder_view.h"

#include <algorithm>

#include "sweep/show/finder_words.h"

namespace r50::sweep::page {
namespace {

// With more looks no eye could distinguish the points: no two of these have both colour and dash in
// common.
constexpr std::size_t most_looks = 12;

bool has_at_most(const judge::Parameter& parameter, std::size_t values) {
  return parameter.everywhere && parameter.values.size() <= values;
}

struct Telling {
  const judge::Parameter *color = nullptr, *dash = nullptr;
};

Telling of_two(const judge::Parameter& first, const judge::Parameter& second) {
  const bool straight = has_at_most(first, most_colors) && has_at_most(second, most_dashes);
  const bool turned = has_at_most(second, most_colors) && has_at_most(first, most_dashes);
  if (turned && (!straight || second.values.size() > first.values.size())) {
    return {&second, &first};
  }
  return straight ? Telling{&first, &second} : Telling{};
}

// Of two parameters one is shown by colours and one by dashes, so that the grid is seen in the
// chart. Where there are more points than looks, several may share one.
Telling parameters_told(const std::vector<judge::Parameter>& varied, std::size_t points) {
  Telling told;
  if (varied.size() == 2) told = of_two(varied[0], varied[1]);
  if (told.color || points <= most_looks) return told;
  for (const judge::Parameter& one : varied) {
    if (!told.color && has_at_most(one, most_colors)) {
      told.color = &one;
    } else if (!told.dash && has_at_most(one, most_dashes)) {
      told.dash = &one;
    }
  }
  return told.color ? told : Telling{};
}

}  // namespace

FinderView::FinderView(const Source& from) : Scene(from), finders(from.finders) {
  for (const Finder& finder : finders) {
    std::optional<std::size_t> group;
    for (std::size_t i = 0; i < trials.size(); ++i) {
      if (trials[i].number == finder.trial.number) group = group_of[i];
    }
    group_of_finder.push_back(group);
  }
  choose_looks();
}

// A point keeps its look while others are still to finish.
void FinderView::choose_looks() {
  std::vector<std::optional<Look>> of_groups(groups.size());
  const Telling told = parameters_told(varied, groups.size());
  if (told.color) told_by_color = told.color->name;
  if (told.dash) told_by_dash = told.dash->name;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (told.color) {
      const judge::PointValues& point = groups[i].point;
      const std::size_t color = *judge::level(*told.color, point);
      of_groups[i] = {color, told.dash ? *judge::level(*told.dash, point) : color % most_dashes};
    } else if (i < most_looks) {
      of_groups[i] = {i % most_colors, i % most_dashes};
    }
  }
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const bool found = std::find(group_of_finder.begin(), group_of_finder.end(),
                                 std::optional(i)) != group_of_finder.end();
    if (!found || !of_groups[i]) continue;
    marked.push_back(i);
    looks.push_back(*of_groups[i]);
  }
}

std::string FinderView::name(std::size_t finder) const {
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].number != finders[finder].trial.number) continue;
    const std::string of_seed = seed(i);
    return of_seed.empty() ? finders[finder].name : finders[finder].name + ", " + of_seed;
  }
  return finders[finder].name;
}

std::string FinderView::words(std::size_t finder) const {
  const Finder& one = finders[finder];
  std::string text = name(finder) + ": suggests " + suggestion_text(one);
  const std::string band = band_text(one);
  if (!band.empty() && one.curves.size() > 1) text += ", its seeds " + band;
  return text + (one.divergence ? ", diverges at " : ", diverges ") + divergence_text(one);
}

}  // namespace r50::sweep::page
