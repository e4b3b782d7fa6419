#include <algorithm>

#include "report/format.h"
#include "sweep/page/sections.h"

namespace r50::sweep::page {
namespace {

Html bar(const judge::Effect& effect) {
  constexpr double full = 200;
  const double alone = full * std::clamp(effect.alone, 0.0, 1.0);
  const double all = full * std::clamp(std::max(effect.with_others, effect.alone), 0.0, 1.0);
  const auto part = [](const std::string& kind, double width) {
    return element(
        "rect",
        {{"class", kind}, {"x", "0.5"}, {"y", "3"}, {"height", "12"}, {"width", place(width)}});
  };
  return element("svg", {{"class", "bar"}, {"viewBox", "0 0 201 18"}, {"aria-hidden", "true"}},
                 part("back", full) + part("together", all) + part("alone", alone));
}

}  // namespace

Html effects_section(const View& view) {
  const judge::Effects& effects = view.judged.effects;
  Html all = element("h2", Html("What each parameter does"));
  if (!effects.parameters.empty()) {
    all += element("p", {{"class", "remark"}},
                   Html("The share of what the points differ by that is each parameter's doing "
                        "(functional ANOVA over a random forest): alone, and with all that it "
                        "does together with others."));
    Html rows;
    for (const judge::Effect& effect : effects.parameters) {
      const auto number = [](const std::string& shown) {
        return element("td", {{"class", "number"}}, text(shown));
      };
      Html row = element("th", {{"scope", "row"}},
                         text(view.names.parameter(effect.name) +
                              (effect.conditional ? " (where it applies)" : "")));
      row += number(report::share(effect.alone));
      row += number(report::share(effect.with_others));
      row += element("td", bar(effect));
      rows += element("tr", row + number(std::to_string(effect.points)));
    }
    all += element(
        "div", {{"class", "scroll"}},
        element("table", {{"class", "effects"}},
                Html("<thead><tr><th scope=\"col\">parameter</th><th scope=\"col\" "
                     "class=\"number\">alone</th><th scope=\"col\" class=\"number\">with others"
                     "</th><th scope=\"col\">solid: alone</th><th scope=\"col\" class=\"number\">"
                     "points</th></tr></thead>") +
                    element("tbody", rows)));
    all +=
        element("p", {{"class", "remark"}},
                text("On points that it has not seen, the forest explains " +
                     report::share(std::max(0.0, effects.explained)) + " of what they differ by."));
  }
  if (!effects.remark.empty()) {
    const std::string before = effects.parameters.empty() ? "Not told: " : "";
    all += element("p", text(before + effects.remark));
  }
  return element("section", all);
}

}  // namespace r50::sweep::page
