#pragma once

// The parts of a page from the top to the end, and its charts.

#include <string>
#include <vector>

#include "sweep/page/html.h"
#include "sweep/page/scene.h"

namespace r50::sweep::page {

// Of every page.

// The name, what came of it (kind: "won", "level" or "open"), and what must be known of that.
Html heading(const Scene& scene, const std::string& kind, const Html& said,
             const std::vector<std::string>& reservations);
struct NamedFact {
  std::string name, value;
};
// How far it is, what failed; `more` beside it.
Html state_section(const Scene& scene, const std::vector<NamedFact>& more);
Html trials_section(const Scene& scene);  // all trials, to be sorted
Html making_section(const Scene& scene);  // how it was made, and how to make it again

// Of a judged sweep's.

Html headline_section(const View& view);
Html points_section(const View& view);   // the best points, and what they differ by
Html effects_section(const View& view);  // what each parameter does

// Of a page on learning-rate finders.

Html finder_headline_section(const FinderView& view);
std::vector<NamedFact> facts_of_finders(const FinderView& view);
Html rates_section(const FinderView& view);  // a line a point
Html finder_charts_section(const FinderView& view);

Html style_element();
Html script_element();
// Nothing is fetched, and no script runs but that one: by its hash.
Html policy_element();

// The charts; each is empty where there is nothing to draw.

// What colours and shapes stand for, in all charts.
// `others`: the number of points that are drawn without a look of their own.
Html legend(const Scene& scene, std::size_t others);
Html legend_entry(std::optional<Look> look, const std::string& tie, const std::string& words);
Html swatch(std::optional<Look> look);

Html learning_curves(const View& view);
Html parallel_chart(const View& view);
// Of the two parameters varied, or of the two that matter most, others averaged out.
Html heat_chart(const View& view);
// The metric against one parameter's values.
Html strip_chart(const View& view, const judge::Parameter& parameter);
Html cost_chart(const View& view);
Html loss_over_rates(const FinderView& view);  // all curves
// What is suggested against one parameter's values.
Html rates_chart(const FinderView& view, const judge::Parameter& parameter);

// The title above, the words below.
Html figure(const std::string& title, const Html& drawn, const std::string& words,
            const std::string& kind = "");

// Groups to draw: those with a look of their own, and an even sample of the others.
std::vector<std::size_t> drawn_groups(const Scene& scene, std::size_t most);

}  // namespace r50::sweep::page
