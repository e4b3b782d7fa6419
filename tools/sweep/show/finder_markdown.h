#pragma once

#include <string>
#include <vector>

#include "sweep/show/finders.h"

namespace r50::sweep {

// What the finders suggest, a line a point, to be pasted where GitHub's Markdown is read.
std::string finder_markdown(const std::vector<Finder>& finders, const std::vector<Trial>& trials,
                            const SweepFile& sweep);

}  // namespace r50::sweep
