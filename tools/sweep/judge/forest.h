#pragma once

// A small random forest whose trees are kept as boxes, so that means over any of its dimensions are
// sums. Pure: the same rows give the same forest on every machine.

#include <cstddef>
#include <vector>

namespace r50::sweep::judge {

// One dimension: numbers of [0, 1], or categories 0 to categories - 1.
struct Column {
  std::vector<double> values;  // a row each
  std::size_t categories = 0;  // 0: numbers
};

// What a box takes of one dimension.
struct Side {
  double low = 0, high = 1;
  std::vector<bool> categories;  // empty: numbers

  double width() const;  // 0 to 1
  double overlap(const Side& other) const;
  bool holds(double value) const;
};

struct Box {
  std::vector<Side> sides;
  double value = 0;
};

// Boxes that together cover everything once.
using Tree = std::vector<Box>;

struct Forest {
  std::vector<Tree> trees;
  // How much of the target's variance the trees explain on rows they were not grown from; at most
  // 1, below 0 where they do worse than the mean.
  double explained = 0;
};

// With boxes as small as explains most of unseen rows: in smaller ones trees learn the noise by
// heart, and that counts as an effect of whatever parameter has most values.
Forest grow_forest(const std::vector<Column>& columns, const std::vector<double>& target);

}  // namespace r50::sweep::judge
