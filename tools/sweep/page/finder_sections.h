#pragma once

// The parts of a page on learning-rate finders.

#include "sweep/page/finder_view.h"
#include "sweep/page/html.h"
#include "sweep/page/sections.h"

namespace r50::sweep::page {

Html finder_headline_section(const FinderView& view);
std::vector<NamedFact> facts_of_finders(const FinderView& view);
Html rates_section(const FinderView& view);  // a line a point
Html finder_charts_section(const FinderView& view);

// Its charts; each is empty where there is nothing to draw.

Html loss_over_rates(const FinderView& view);  // all curves
// What is suggested against one parameter's values.
Html rates_chart(const FinderView& view, const judge::Parameter& parameter);

}  // namespace r50::sweep::page
