#include "report/format.h"
#include "sweep/page/sections.h"

namespace r50::sweep::page {
namespace {

Html bar(const judge::Effect& effect) {
  constexpr double full = 200;
  const auto part = [](const std::string& kind, double width) {
    return element(
        "rect",
        {{"class", kind}, {"x", "0.5"}, {"y", "3"}, {"height", "12"}, {"width", place(width)}});
  };
  return element("svg", {{"class", "bar"}, {"viewBox", "0 0 201 18"}, {"aria-hidden", "true"}},
                 part("back", full) + part("alone", full * effect.share));
}

}  // namespace

Html effects_section(const View& view) {
  const judge::Effects& effects = view.judged.effects;
  Html all = element("h2", Html("What each parameter does"));
  if (!effects.parameters.empty()) {
    all +=
        element("p", {{"class", "remark"}},
                Html("Main effects: the share of the points' differences that each parameter "
                     "explains alone, and the mean \xc2\xb1 the standard deviation of the points "
                     "at each of its values. An effect that two parameters only have together "
                     "does not show here; the charts show it."));
    Html rows;
    for (const judge::Effect& effect : effects.parameters) {
      const auto number = [](const std::string& shown) {
        return element("td", {{"class", "number"}}, text(shown));
      };
      Html row = element("th", {{"scope", "row"}},
                         text(view.names.parameter(effect.name) +
                              (effect.conditional ? " (where it applies)" : "")));
      row += number(report::share(effect.share)) + element("td", bar(effect));
      row += element("td", text(judge::levels_text(effect)));
      rows += element("tr", row + number(std::to_string(effect.points)));
    }
    all += element(
        "div", {{"class", "scroll"}},
        element("table", {{"class", "effects"}},
                Html("<thead><tr><th scope=\"col\">parameter</th><th scope=\"col\" "
                     "class=\"number\">share</th><td></td><th scope=\"col\">mean at each value"
                     "</th><th scope=\"col\" class=\"number\">points</th></tr></thead>") +
                    element("tbody", rows)));
  }
  if (!effects.remark.empty()) {
    const std::string before = effects.parameters.empty() ? "Not estimated: " : "";
    all += element("p", text(before + effects.remark));
  }
  return element("section", all);
}

}  // namespace r50::sweep::page
