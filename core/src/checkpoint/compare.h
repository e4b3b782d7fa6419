#pragma once

// Whether two archives hold the same bits, and where they do not.

#include <string>
#include <vector>

#include "r50/archive.h"

namespace r50::checkpoint {

// One sentence a difference, in the order of `a`: "model.conv1.weight: 37 of 9408 values differ,
// the first at 12: 0.125 against 0.126". Empty if every bit is equal.
std::vector<std::string> differences(const Archive& a, const Archive& b);

}  // namespace r50::checkpoint
