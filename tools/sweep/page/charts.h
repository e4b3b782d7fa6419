#pragma once

// The charts of a page; each is empty where there is nothing to draw.

#include <vector>

#include "sweep/page/html.h"
#include "sweep/page/view.h"

namespace r50::sweep::page {

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

// The title above, the words below.
Html figure(const std::string& title, const Html& drawn, const std::string& words,
            const std::string& kind = "");

// Groups to draw: those with a look of their own, and an even sample of the others.
std::vector<std::size_t> drawn_groups(const Scene& scene, std::size_t most);

}  // namespace r50::sweep::page
