#include "sweep/show/page/charts.h"

#include <algorithm>

#include "sweep/show/page/plot.h"

namespace r50::sweep::page {

Html figure(const std::string& title, const Html& drawn, const std::string& words,
            const std::string& kind) {
  Html content = element("h3", text(title)) + drawn;
  if (!words.empty()) content += element("figcaption", text(words));
  return element("figure", {{"class", kind}}, content);
}

std::vector<std::size_t> drawn_groups(const View& view, std::size_t most) {
  std::vector<std::size_t> drawn = view.leaders, others;
  for (std::size_t i = 0; i < view.groups.size(); ++i) {
    if (!view.leader(i)) others.push_back(i);
  }
  for (const std::size_t i : even_sample(others.size(), most - std::min(most, drawn.size()))) {
    drawn.push_back(others[i]);
  }
  return drawn;
}

Html legend(const View& view) {
  Html items;
  const auto add = [&](std::optional<std::size_t> leader, const std::string& tie,
                       const std::string& words) {
    const std::string kind = "curve k" + std::to_string(leader ? *leader + 1 : 0);
    const Html drawn =
        element("path", {{"d", "M2 9L34 9"}}) + shape(leader, {18, 9}, leader ? 5 : 3.5);
    items += element("li", {{"data-p", tie}},
                     element("svg", {{"viewBox", "0 0 36 18"}, {"aria-hidden", "true"}},
                             element("g", {{"class", kind}}, drawn)) +
                         text(words));
  };
  for (std::size_t i = 0; i < view.leaders.size(); ++i) {
    add(i, view.tie(view.leaders[i]), view.names.point(view.leaders[i]));
  }
  if (view.leaders.size() < view.groups.size()) {
    const std::size_t others = view.groups.size() - view.leaders.size();
    add(std::nullopt, "",
        others == 1 ? "the other point" : "the other " + std::to_string(others) + " points");
  }
  return element("ul", {{"class", "legend"}}, items);
}

}  // namespace r50::sweep::page
