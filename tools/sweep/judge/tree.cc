#include "sweep/judge/tree.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

namespace r50::sweep::judge {
namespace {

struct Cut {
  double gain = 0;  // of the sum of squares
  std::size_t dimension = 0;
  double at = 0;           // numbers up to here go left
  std::vector<bool> left;  // categories that go left
};

struct Node {
  std::vector<std::size_t> rows;
  Box box;
};

class Grower {
 public:
  Grower(const std::vector<Column>& columns, const std::vector<double>& target, std::size_t least)
      : columns_(columns), target_(target), least_(least) {}

  Cut best_cut(const Node& node, Random& random) const;
  std::pair<Node, Node> divided(Node node, const Cut& cut) const;
  double mean(const std::vector<std::size_t>& rows) const;

 private:
  void try_cuts(std::vector<std::size_t> rows, std::size_t dimension,
                const std::vector<double>& order, Cut& best) const;
  std::vector<double> category_means(const Node& node, std::size_t dimension) const;

  const std::vector<Column>& columns_;
  const std::vector<double>& target_;
  std::size_t least_;  // rows that each side of a cut keeps
};

double Grower::mean(const std::vector<std::size_t>& rows) const {
  double sum = 0;
  for (const std::size_t row : rows) sum += target_[row];
  return sum / static_cast<double>(rows.size());
}

// Categories in the order of their means: the best division is one of their cuts (Fisher 1958).
std::vector<double> Grower::category_means(const Node& node, std::size_t dimension) const {
  std::vector<double> sums(columns_[dimension].categories);
  std::vector<double> counts(sums.size());
  for (const std::size_t row : node.rows) {
    const auto category = static_cast<std::size_t>(columns_[dimension].values[row]);
    sums[category] += target_[row];
    counts[category] += 1;
  }
  // One that is not among these rows goes where the middle goes.
  const double middle = mean(node.rows);
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] = counts[i] > 0 ? sums[i] / counts[i] : middle;
  return sums;
}

// `order` has a number for every row's value (numbers) or for every category.
void Grower::try_cuts(std::vector<std::size_t> rows, std::size_t dimension,
                      const std::vector<double>& order, Cut& best) const {
  const Column& column = columns_[dimension];
  const auto key = [&](std::size_t row) {
    const double value = column.values[row];
    return column.categories == 0 ? value : order[static_cast<std::size_t>(value)];
  };
  std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
    return key(a) != key(b) ? key(a) < key(b) : a < b;
  });
  const double middle = mean(rows);  // sums about it: no digits lost, and the whole sum is 0
  double left = 0;
  for (std::size_t i = 0; i + 1 < rows.size(); ++i) {
    left += target_[rows[i]] - middle;
    const double here = key(rows[i]);
    const double next = key(rows[i + 1]);
    const std::size_t count = i + 1;
    if (here == next || count < least_ || rows.size() - count < least_) continue;
    const double gain =
        left * left *
        (1 / static_cast<double>(count) + 1 / static_cast<double>(rows.size() - count));
    // A hair more, so that equal cuts do not differ by rounding.
    if (gain <= best.gain * (1 + 1e-9)) continue;
    best.gain = gain;
    best.dimension = dimension;
    best.at = here + (next - here) / 2;
    best.left.assign(column.categories, false);
    for (std::size_t c = 0; c < column.categories; ++c) best.left[c] = order[c] <= best.at;
  }
}

Cut Grower::best_cut(const Node& node, Random& random) const {
  double squares = 0;
  const double middle = mean(node.rows);
  for (const std::size_t row : node.rows) {
    squares += (target_[row] - middle) * (target_[row] - middle);
  }
  Cut best;
  best.gain = 1e-12 * squares;  // where all rows are alike there is nothing to cut
  std::vector<std::size_t> dimensions(columns_.size());
  std::iota(dimensions.begin(), dimensions.end(), 0);
  for (std::size_t i = dimensions.size(); i > 1; --i) {
    std::swap(dimensions[i - 1],
              dimensions[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
  }
  const double none = best.gain;
  for (const std::size_t dimension : dimensions) {
    const bool numbers = columns_[dimension].categories == 0;
    try_cuts(node.rows, dimension,
             numbers ? std::vector<double>() : category_means(node, dimension), best);
  }
  if (best.gain <= none) best.gain = 0;
  return best;
}

std::pair<Node, Node> Grower::divided(Node node, const Cut& cut) const {
  std::pair<Node, Node> sides{{{}, node.box}, {{}, std::move(node.box)}};
  const bool numbers = columns_[cut.dimension].categories == 0;
  Side& left = sides.first.box.sides[cut.dimension];
  Side& right = sides.second.box.sides[cut.dimension];
  if (numbers) {
    left.high = right.low = cut.at;
  } else {
    for (std::size_t c = 0; c < cut.left.size(); ++c) {
      left.categories[c] = left.categories[c] && cut.left[c];
      right.categories[c] = right.categories[c] && !cut.left[c];
    }
  }
  for (const std::size_t row : node.rows) {
    const double value = columns_[cut.dimension].values[row];
    const bool goes_left = numbers ? value <= cut.at : cut.left[static_cast<std::size_t>(value)];
    (goes_left ? sides.first : sides.second).rows.push_back(row);
  }
  return sides;
}

}  // namespace

Tree grow_tree(const std::vector<Column>& columns, const std::vector<double>& target,
               std::vector<std::size_t> rows, std::size_t least, Random& random) {
  const Grower grower(columns, target, least);
  Node root{std::move(rows), {}};
  for (const Column& column : columns) {
    root.box.sides.push_back({0, 1, std::vector<bool>(column.categories, true)});
  }
  Tree tree;
  std::vector<Node> open{std::move(root)};
  while (!open.empty()) {
    Node node = std::move(open.back());
    open.pop_back();
    const Cut cut = grower.best_cut(node, random);
    if (cut.gain <= 0) {
      node.box.value = grower.mean(node.rows);
      tree.push_back(std::move(node.box));
      continue;
    }
    auto [left, right] = grower.divided(std::move(node), cut);
    open.push_back(std::move(right));
    open.push_back(std::move(left));
  }
  return tree;
}

}  // namespace r50::sweep::judge
