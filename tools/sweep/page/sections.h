#pragma once

// The parts of a page that are no charts, from the top to the end.

#include <string>
#include <vector>

#include "sweep/page/html.h"
#include "sweep/page/scene.h"
#include "sweep/page/view.h"

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

Html style_element();
Html script_element();
// Nothing is fetched, and no script runs but that one: by its hash.
Html policy_element();

}  // namespace r50::sweep::page
