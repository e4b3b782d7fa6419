#include "sweep/judge/shares.h"

#include <algorithm>

namespace r50::sweep::judge {
namespace {

struct Squares {
  double whole = 0;             // mean of the squared prediction
  std::vector<double> alone;    // the same of the mean over all other dimensions
  std::vector<double> without;  // of the mean over this dimension
};

// Products of all factors but one, without dividing: factors may be 0.
std::vector<double> products_but_one(const std::vector<double>& factors) {
  std::vector<double> products(factors.size(), 1);
  double before = 1;
  for (std::size_t i = 0; i < factors.size(); before *= factors[i], ++i) products[i] = before;
  double after = 1;
  for (std::size_t i = factors.size(); i-- > 0; after *= factors[i]) products[i] *= after;
  return products;
}

double centre(const Tree& tree) {
  double sum = 0;
  for (const Box& box : tree) {
    double volume = 1;
    for (const Side& side : box.sides) volume *= side.width();
    sum += volume * box.value;
  }
  return sum;
}

// A mean over some dimensions is a sum over boxes; a product of two is a sum over pairs of boxes,
// each with their widths in the dimensions averaged out and their overlap in those kept.
void add_pair(const Box& a, const Box& b, double weight, Squares& squares) {
  const std::size_t n = a.sides.size();
  std::vector<double> overlaps(n);
  std::vector<double> widths(n);
  for (std::size_t i = 0; i < n; ++i) {
    overlaps[i] = a.sides[i].overlap(b.sides[i]);
    widths[i] = a.sides[i].width() * b.sides[i].width();
  }
  const std::vector<double> other_overlaps = products_but_one(overlaps);
  const std::vector<double> other_widths = products_but_one(widths);
  for (std::size_t i = 0; i < n; ++i) {
    squares.alone[i] += weight * overlaps[i] * other_widths[i];
    squares.without[i] += weight * widths[i] * other_overlaps[i];
  }
  if (n > 0) squares.whole += weight * overlaps[0] * other_overlaps[0];
}

Squares products_of(const Tree& one, const Tree& other, std::size_t dimensions) {
  Squares squares{0, std::vector<double>(dimensions), std::vector<double>(dimensions)};
  const double middle = centre(one);  // so that means of products are covariances
  const double other_middle = centre(other);
  for (const Box& a : one) {
    for (const Box& b : other) {
      add_pair(a, b, (a.value - middle) * (b.value - other_middle), squares);
    }
  }
  return squares;
}

}  // namespace

std::vector<Share> variance_shares(const Forest& forest, std::size_t dimensions) {
  Squares sums{0, std::vector<double>(dimensions), std::vector<double>(dimensions)};
  for (std::size_t i = 0; i < forest.trees.size(); ++i) {
    const Tree& next = forest.trees[(i + 1) % forest.trees.size()];
    const Squares squares = products_of(forest.trees[i], next, dimensions);
    sums.whole += squares.whole;
    for (std::size_t d = 0; d < dimensions; ++d) {
      sums.alone[d] += squares.alone[d];
      sums.without[d] += squares.without[d];
    }
  }
  std::vector<Share> shares(dimensions);
  if (sums.whole <= 0) return shares;
  for (std::size_t d = 0; d < dimensions; ++d) {
    shares[d].alone = std::clamp(sums.alone[d] / sums.whole, 0.0, 1.0);
    // Of any one surface this is never below `alone`. Here a product is one of two trees, whose
    // interactions are each other's noise where there are none: their sum is then as often below 0
    // as above it, and what it is an estimate of is 0.
    const double with_others = std::clamp(1 - sums.without[d] / sums.whole, 0.0, 1.0);
    shares[d].with_others = std::max(shares[d].alone, with_others);
  }
  return shares;
}

}  // namespace r50::sweep::judge
