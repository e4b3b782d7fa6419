#include "sweep/show/page/page.h"

#include <exception>

#include "sweep/show/page/charts.h"
#include "sweep/show/page/sections.h"
#include "sweep/show/page/style.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_strips = 24;

Html charts_section(const View& view) {
  Html charts = learning_curves(view) + parallel_chart(view) + heat_chart(view);
  std::size_t strips = 0;
  for (const judge::Effect& effect : view.judged.effects.parameters) {  // what matters most, first
    for (const judge::Parameter& parameter : view.varied) {
      if (parameter.name == effect.name && strips++ < most_strips) {
        charts += strip_chart(view, parameter);
      }
    }
  }
  for (const judge::Parameter& parameter : view.varied) {
    bool drawn = false;
    for (const judge::Effect& effect : view.judged.effects.parameters) {
      drawn |= effect.name == parameter.name;
    }
    if (!drawn && strips++ < most_strips) charts += strip_chart(view, parameter);
  }
  charts += cost_chart(view);
  if (charts.empty()) return {};
  return element("section", element("h2", Html("Charts")) + legend(view) +
                                element("div", {{"class", "charts"}}, charts));
}

}  // namespace

std::string report_page(const Source& source) {
  const View view(source);
  const Html head = Html("<meta charset=\"utf-8\"/>") + policy_element() +
                    Html(
                        "<meta name=\"viewport\" content=\"width=device-width, "
                        "initial-scale=1\"/>"
                        "<meta name=\"color-scheme\" content=\"light dark\"/>") +
                    element("title", text(source.sweep.name + " · r50 sweep")) + style_element();
  const Html body = headline_section(view) + state_section(view) + points_section(view) +
                    effects_section(view) + charts_section(view) + trials_section(view) +
                    making_section(view);
  const Html page =
      element("html", {{"lang", "en"}},
              element("head", head) + element("body", element("main", body) + script_element()));
  return "<!DOCTYPE html>\n" + page.source() + "\n";
}

std::string try_report(base::Files& files, const std::string& folder, const SweepFile& sweep,
                       const std::vector<Trial>& trials) {
  const std::string path = folder + "/report.html";
  try {
    base::write_atomically(files, path, report_page(read_source(files, folder, sweep, trials)));
    return "The report, for a browser: " + path;
  } catch (const std::exception& error) {
    return "There is no report for a browser: " + std::string(error.what());
  }
}

}  // namespace r50::sweep::page
