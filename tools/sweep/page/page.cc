#include "sweep/page/page.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <filesystem>

#include "config/paths.h"
#include "r50/error.h"
#include "sweep/page/sections.h"
#include "sweep/trial/trial_folder.h"

namespace r50::sweep::page {
namespace {

// "" for a trial of another program, which may leave no such file.
std::string build_of(base::Files& files, const std::string& trial_folder) {
  const auto run = read_run_record(files, trial_folder);
  if (!run) return "";
  std::string text;
  const auto add = [&](const char* before, const std::string& what) {
    if (!what.empty()) text += (text.empty() ? "" : ", ") + std::string(before) + what;
  };
  add("r50 ", run->r50);
  add("git ", run->git);
  add("libtorch ", run->libtorch);
  for (const auto& what : {run->device, run->gpu, run->cpu, run->instructions, run->precision}) {
    add("", what);
  }
  return text;
}

std::string text_if_there(base::Files& files, const std::string& path) {
  constexpr std::uint64_t most = 1 << 20;
  return files.exists(path) ? files.read(path, most) : "";
}

void read_curves_of_trials(base::Files& files, const std::string& folder, Source& source) {
  for (const std::size_t i : drawn_trials(source.trials, source.sweep.maximize())) {
    const std::string trial_folder = folder + "/" + source.trials[i].id;
    try {
      std::vector<EpochValue> curve =
          read_facts(files, trial_folder, source.sweep.metric.name).reports;
      // A branched trial's record begins with its parent's epochs, of which the last is its start.
      std::erase_if(
          curve, [&](const EpochValue& report) { return report.epoch < source.trials[i].begin; });
      source.curves[source.trials[i].number] = std::move(curve);
      const std::string build = build_of(files, trial_folder);
      if (!build.empty()) ++source.builds[build];
    } catch (const base::FileError&) {
      continue;  // taken away, or on a disk that is gone
    }
  }
}

// A page that is shown to others need not tell whose disk it was made on.
std::string from_here(const std::string& path) {
  const auto here = std::filesystem::path(path).lexically_relative(std::filesystem::current_path());
  return here.empty() ? path : here.string();
}

}  // namespace

std::vector<std::size_t> even_sample(std::size_t count, std::size_t most) {
  const std::size_t taken = std::min(count, most);
  std::vector<std::size_t> all(taken);
  for (std::size_t i = 0; i < taken; ++i) all[i] = i * count / taken;
  return all;
}

std::vector<std::size_t> drawn_trials(const std::vector<Trial>& trials, bool maximize,
                                      std::size_t best, std::size_t others) {
  std::vector<std::size_t> with_value;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial& trial = trials[i];
    if (trial.state == TrialState::finished && trial.value && !std::isnan(*trial.value)) {
      with_value.push_back(i);
    }
  }
  std::stable_sort(with_value.begin(), with_value.end(), [&](std::size_t a, std::size_t b) {
    const double x = *trials[a].value, y = *trials[b].value;
    return maximize ? x > y : x < y;
  });
  with_value.resize(std::min(best, with_value.size()));
  std::sort(with_value.begin(), with_value.end());
  std::vector<std::size_t> rest;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const bool taken = std::binary_search(with_value.begin(), with_value.end(), i);
    if (!taken && trials[i].state != TrialState::waiting) rest.push_back(i);
  }
  std::vector<std::size_t> drawn = sampled(rest, others);
  drawn.insert(drawn.end(), with_value.begin(), with_value.end());
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

Source read_source(base::Files& files, const std::string& folder, const SweepFile& sweep,
                   const std::vector<Trial>& trials) {
  Source source{sweep, trials, {}, {}, {}, {}, {}};
  if (sweep.finds_rates()) {
    source.finders = read_finders(files, folder, trials, sweep);
  } else {
    read_curves_of_trials(files, folder, source);
  }
  try {
    source.file_text = text_if_there(files, folder + "/sweep.toml");
    if (source.file_text.empty()) source.file_text = text_if_there(files, sweep.path);
    const std::string frozen = folder + "/experiment.toml";
    source.experiment = files.exists(frozen) ? from_here(frozen) : config::words(sweep.base);
  } catch (const base::FileError&) {
    source.experiment = config::words(sweep.base);
  }
  return source;
}

namespace {

constexpr std::size_t most_strips = 24;

// What matters most, first; then what has no known effect.
std::vector<const judge::Parameter*> by_effect(const View& view) {
  const auto& effects = view.judged.effects.parameters;
  std::vector<const judge::Parameter*> order;
  for (const judge::Parameter& parameter : view.varied) order.push_back(&parameter);
  std::stable_sort(order.begin(), order.end(), [&](const auto* a, const auto* b) {
    const auto place = [&](const judge::Parameter* one) {
      return std::find_if(effects.begin(), effects.end(),
                          [&](const judge::Effect& effect) { return effect.name == one->name; });
    };
    return place(a) < place(b);
  });
  order.resize(std::min(order.size(), most_strips));
  return order;
}

Html charts_section(const View& view) {
  Html charts = learning_curves(view) + parallel_chart(view) + heat_chart(view);
  for (const judge::Parameter* parameter : by_effect(view)) {
    charts += strip_chart(view, *parameter);
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
