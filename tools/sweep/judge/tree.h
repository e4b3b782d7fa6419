#pragma once

#include <cstddef>
#include <vector>

#include "r50/random.h"
#include "sweep/judge/forest.h"

namespace r50::sweep::judge {

// A regression tree over these rows, which may repeat: each cut lessens the squared error most;
// among equal cuts chance takes one, so that no dimension gains by its place. Each box keeps at
// least `least` rows.
Tree grow_tree(const std::vector<Column>& columns, const std::vector<double>& target,
               std::vector<std::size_t> rows, std::size_t least, Random& random);

}  // namespace r50::sweep::judge
