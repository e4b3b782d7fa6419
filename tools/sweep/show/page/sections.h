#pragma once

// The parts of a page that are no charts, from the top to the end.

#include "sweep/show/page/html.h"
#include "sweep/show/page/view.h"

namespace r50::sweep::page {

Html headline_section(const View& view);
Html state_section(const View& view);    // how far it is, what failed
Html points_section(const View& view);   // the best points, and what they differ by
Html effects_section(const View& view);  // what each parameter does
Html trials_section(const View& view);   // all trials, to be sorted
Html making_section(const View& view);   // how it was made, and how to make it again

}  // namespace r50::sweep::page
