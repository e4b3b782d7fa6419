#include "sweep/page/page.h"

#include <exception>

#include "sweep/page/charts.h"
#include "sweep/page/finder_sections.h"
#include "sweep/page/sections.h"

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
  return element("section", element("h2", Html("Charts")) +
                                legend(view, view.groups.size() - view.marked.size()) +
                                element("div", {{"class", "charts"}}, charts));
}

std::string goal_text(const SweepFile& sweep) {
  return sweep.metric.name + (sweep.maximize() ? ", higher is better" : ", lower is better");
}

// Piece by piece: nested elements would hold several copies of a page of ten thousand trials.
void add_judged(const View& view, Html& page) {
  page += headline_section(view);
  page += state_section(view, {{"metric", goal_text(view.sweep)}});
  page += points_section(view);
  page += effects_section(view);
  page += charts_section(view);
  page += trials_section(view);
  page += making_section(view);
}

void add_finders(const FinderView& view, Html& page) {
  page += finder_headline_section(view);
  page += state_section(view, facts_of_finders(view));
  page += rates_section(view);
  page += finder_charts_section(view);
  page += trials_section(view);
  page += making_section(view);
}

}  // namespace

std::string report_page(const Source& source) {
  Html page(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
      "<meta name=\"color-scheme\" content=\"light dark\"/>");
  page += policy_element();
  page += element("title", text(source.sweep.name + " · r50 sweep"));
  page += style_element();
  page += Html("</head>\n<body><main>");
  if (source.sweep.finds_rates()) {
    add_finders(FinderView(source), page);
  } else {
    add_judged(View(source), page);
  }
  page += Html("</main>");
  page += script_element();
  page += Html("</body></html>\n");
  return page.source();
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
