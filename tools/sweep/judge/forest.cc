#include "sweep/judge/forest.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "sweep/judge/statistics.h"
#include "sweep/judge/tree.h"
#include "sweep/search/draw.h"

namespace r50::sweep::judge {
namespace {

constexpr std::uint64_t trees_grown = 64;
// Enough for a surface of a few parameters; pairs of boxes are looked at later.
constexpr std::int64_t most_rows_a_tree = 1000;
constexpr std::size_t most_boxes = 100;

double predicted(const Tree& tree, const std::vector<Column>& columns, std::size_t row) {
  for (const Box& box : tree) {
    bool inside = true;
    for (std::size_t i = 0; inside && i < columns.size(); ++i) {
      inside = box.sides[i].holds(columns[i].values[row]);
    }
    if (inside) return box.value;
  }
  return 0;
}

Forest forest_of(const std::vector<Column>& columns, const std::vector<double>& target,
                 std::size_t least) {
  Forest forest;
  const std::size_t n = target.size();
  std::vector<double> sums(n);
  std::vector<double> counts(n);
  for (std::uint64_t number = 0; number < trees_grown; ++number) {
    Random random = search_draw(0, DrawFor::forest, static_cast<std::int64_t>(number), 0);
    std::vector<bool> drawn(n);
    std::vector<std::size_t> rows;
    const auto all = static_cast<std::int64_t>(n);
    for (std::int64_t i = 0; i < std::min(all, most_rows_a_tree); ++i) {
      rows.push_back(static_cast<std::size_t>(random.below(all)));
      drawn[rows.back()] = true;
    }
    forest.trees.push_back(grow_tree(columns, target, std::move(rows), least, random));
    for (std::size_t row = 0; row < n; ++row) {
      if (drawn[row]) continue;
      sums[row] += predicted(forest.trees.back(), columns, row);
      counts[row] += 1;
    }
  }
  std::vector<double> seen;
  double squares = 0;
  for (std::size_t row = 0; row < n; ++row) {
    if (counts[row] == 0) continue;
    const double error = target[row] - sums[row] / counts[row];
    squares += error * error;
    seen.push_back(target[row]);
  }
  const double total = seen.empty() ? 0 : variance(seen) * static_cast<double>(seen.size() - 1);
  forest.explained = total > 0 ? 1 - squares / total : 0;
  return forest;
}

}  // namespace

double Side::width() const {
  if (categories.empty()) return high - low;
  const auto held = std::count(categories.begin(), categories.end(), true);
  return static_cast<double>(held) / static_cast<double>(categories.size());
}

double Side::overlap(const Side& other) const {
  if (categories.empty()) {
    return std::max(0.0, std::min(high, other.high) - std::max(low, other.low));
  }
  double both = 0;
  for (std::size_t i = 0; i < categories.size(); ++i) {
    if (categories[i] && other.categories[i]) both += 1;
  }
  return both / static_cast<double>(categories.size());
}

bool Side::holds(double value) const {
  if (!categories.empty()) return categories[static_cast<std::size_t>(value)];
  return (value > low || low <= 0) && value <= high;
}

Forest grow_forest(const std::vector<Column>& columns, const std::vector<double>& target) {
  const std::size_t rows = std::min(target.size(), static_cast<std::size_t>(most_rows_a_tree));
  std::size_t least = std::max<std::size_t>(1, rows / most_boxes);
  Forest best = forest_of(columns, target, least);
  for (least *= 2; 4 * least <= rows; least *= 2) {
    Forest coarser = forest_of(columns, target, least);
    if (coarser.explained <= best.explained) break;
    best = std::move(coarser);
  }
  return best;
}

}  // namespace r50::sweep::judge
