#include "sweep/judge/sentence.h"
#include "sweep/page/sections.h"

namespace r50::sweep::page {

Html heading(const Scene& scene, const std::string& kind, const Html& said,
             const std::vector<std::string>& reservations) {
  Html all = element("p", {{"class", "eyebrow"}}, Html("r50 sweep")) +
             element("h1", text(scene.sweep.name)) +
             element("p", {{"class", "verdict " + kind}}, said);
  for (const std::string& one : reservations) {
    all += element("p", {{"class", "remark"}}, text(one));
  }
  return element("header", all);
}

Html headline_section(const View& view) {
  const bool judged = was_judged(view.judged);
  const std::string said = judge::headline(view.judged.verdict, view.judged_names);
  // The judge's own advice has code in it; names that come from files stay text.
  const std::string code = "`seeds = 3`";
  const auto at = said.find(code);
  const Html shown = at == std::string::npos
                         ? text(said)
                         : text(said.substr(0, at)) + element("code", Html("seeds = 3")) +
                               text(said.substr(at + code.size()));
  const char* const kind = !judged ? "open" : view.judged.verdict.wins ? "won" : "level";
  return heading(view, kind, shown, reservations(view.judged, view.trials));
}

}  // namespace r50::sweep::page
