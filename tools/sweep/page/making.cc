#include "sweep/page/sections.h"
#include "sweep/show/mixed.h"

namespace r50::sweep::page {
namespace {

Html builds_part(const std::map<std::string, int>& builds) {
  if (builds.empty()) return {};
  Html items;
  for (const auto& [build, trials] : builds) {
    items += element("li", text(build + (builds.size() == 1 ? ""
                                                            : ": " + std::to_string(trials) +
                                                                  " of the trials looked at")));
  }
  Html all = element(
      "h3", builds.size() == 1 ? Html("Built and run by") : Html("Built and run by several"));
  all += element("ul", items);
  if (builds.size() > 1) {
    all += element("p", {{"class", "remark"}},
                   Html("Trials of different builds or machines may differ by more than their "
                        "parameters."));
  }
  return all;
}

Html mixed_part(const std::vector<Trial>& trials) {
  const std::string warning = mixed_trials(trials);
  return warning.empty() ? Html() : element("p", {{"class", "remark"}}, text(warning));
}

}  // namespace

Html making_section(const Scene& scene) {
  Html all = element("h2", Html("How it was made"));
  all += element("p", Html("Run it, or resume it:"));
  all += element("pre", element("code", text("r50sweep " + scene.sweep.path)));
  all += element("p", Html("Write this page again:"));
  all += element("pre", element("code", text("r50sweep report " + scene.sweep.path)));
  if (!scene.source.experiment.empty()) {
    all += element("p", text("The experiment that all trials vary: " + scene.source.experiment));
  }
  all += builds_part(scene.source.builds);
  all += mixed_part(scene.trials);
  if (!scene.source.file_text.empty()) {
    all += element("h3", Html("The sweep file")) +
           element("pre", element("code", text(scene.source.file_text)));
  }
  return element("section", all);
}

}  // namespace r50::sweep::page
