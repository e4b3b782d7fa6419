#pragma once

// What every form of a report says of finders, in the same words.

#include <string>
#include <vector>

#include "sweep/show/finders.h"

namespace r50::sweep {

// "9 of 9 finders have finished. By the rule valley they suggest 0.0014 (batch 8) to 0.0044 (batch
// 32)."
std::string finder_headline(const std::vector<Finder>& finders, const std::vector<Trial>& trials);

// What a reader must know of that.
std::vector<std::string> finder_reservations(const std::vector<Finder>& finders,
                                             const std::vector<Trial>& trials);

std::string rules_text(const std::vector<Finder>& finders);  // "valley"
std::string suggestion_text(const Finder& finder);           // "0.02", "none"
std::string band_text(const Finder& finder);                 // "0.04 to 0.06"; may be empty
std::string divergence_text(const Finder& finder);           // "0.3", "never"
bool held_back(const Finder& finder);                        // by the rate at which a seed diverged

}  // namespace r50::sweep
