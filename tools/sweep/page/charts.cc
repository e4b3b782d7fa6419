#include "sweep/page/charts.h"

#include <algorithm>

#include "sweep/page/plot.h"

namespace r50::sweep::page {

Html figure(const std::string& title, const Html& drawn, const std::string& words,
            const std::string& kind) {
  Html content = element("h3", text(title)) + drawn;
  if (!words.empty()) content += element("figcaption", text(words));
  return element("figure", {{"class", kind}}, content);
}

std::vector<std::size_t> drawn_groups(const Scene& scene, std::size_t most) {
  std::vector<std::size_t> drawn = scene.marked, others;
  for (std::size_t i = 0; i < scene.groups.size(); ++i) {
    if (!scene.place(i)) others.push_back(i);
  }
  for (const std::size_t i : even_sample(others.size(), most - std::min(most, drawn.size()))) {
    drawn.push_back(others[i]);
  }
  return drawn;
}

Html swatch(std::optional<Look> look) {
  const Html drawn = element("path", {{"d", "M2 9L34 9"}}) + shape(look, {18, 9}, look ? 5 : 3.5);
  return element("svg", {{"class", "swatch"}, {"viewBox", "0 0 36 18"}, {"aria-hidden", "true"}},
                 element("g", {{"class", "curve " + look_classes(look)}}, drawn));
}

Html legend_entry(std::optional<Look> look, const std::string& tie, const std::string& words) {
  return element("li", {{"data-p", tie}}, swatch(look) + text(words));
}

Html legend(const Scene& scene, std::size_t others) {
  Html items;
  for (const std::size_t group : scene.marked) {
    items += legend_entry(scene.look(group), scene.tie(group), scene.names.point(group));
  }
  if (others > 0) {
    items += legend_entry(
        std::nullopt, "",
        others == 1 ? "the other point" : "the other " + std::to_string(others) + " points");
  }
  return element("ul", {{"class", "legend"}}, items);
}

}  // namespace r50::sweep::page
