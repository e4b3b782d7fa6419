#include "sweep/search/points.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace r50::sweep {
namespace {

constexpr std::int64_t largest_count = std::numeric_limits<std::int64_t>::max();
constexpr double without_value = std::numeric_limits<double>::quiet_NaN();

std::int64_t counts_product(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? largest_count : product;
}

std::int64_t counts_sum(std::int64_t a, std::int64_t b) {
  return a > largest_count - b ? largest_count : a + b;
}

bool is_possible(const Dimension& dimension, std::size_t choice) {
  return dimension.weights.empty() || dimension.weights[choice] > 0;
}

// A countable space, seen from its dimensions one after the other.
class PointCounter {
 public:
  explicit PointCounter(const Space& space) : space_(space), decides_(space.size(), false) {
    for (const auto& dimension : space) {
      if (dimension.condition) decides_[dimension.condition->dimension] = true;
    }
  }

  // How many ways there are from `dimension` to the last. Only a dimension that later ones depend
  // on is tried value by value: a million points are counted without visiting them.
  std::int64_t from(std::size_t dimension, Coordinates& so_far) const {
    if (dimension == space_.size()) return 1;
    if (!is_active(space_, dimension, so_far)) {
      so_far[dimension] = without_value;
      return from(dimension + 1, so_far);
    }
    const std::int64_t values = *count_values(space_[dimension]);
    if (!decides_[dimension]) return counts_product(values, from(dimension + 1, so_far));
    std::int64_t sum = 0;
    for (std::int64_t n = 0; n < values; ++n) {
      so_far[dimension] = nth_value(space_[dimension], n);
      sum = counts_sum(sum, from(dimension + 1, so_far));
    }
    return sum;
  }

  Coordinates nth(std::int64_t n) const {
    Coordinates at(space_.size(), without_value);
    for (std::size_t dimension = 0; dimension < space_.size(); ++dimension) {
      if (!is_active(space_, dimension, at)) continue;
      at[dimension] = decides_[dimension] ? deciding(dimension, n, at) : free(dimension, n, at);
      std::fill(at.begin() + static_cast<std::ptrdiff_t>(dimension) + 1, at.end(), without_value);
    }
    return at;
  }

 private:
  double free(std::size_t dimension, std::int64_t& n, Coordinates& at) const {
    const std::int64_t each = from(dimension + 1, at);
    const double value = nth_value(space_[dimension], n / each);
    n %= each;
    return value;
  }
  double deciding(std::size_t dimension, std::int64_t& n, Coordinates& at) const {
    for (std::int64_t choice = 0;; ++choice) {
      at[dimension] = nth_value(space_[dimension], choice);
      const std::int64_t these = from(dimension + 1, at);
      if (n < these) return at[dimension];
      n -= these;
    }
  }

  const Space& space_;
  std::vector<bool> decides_;
};

}  // namespace

std::optional<std::int64_t> count_values(const Dimension& dimension) {
  if (dimension.kind == Dimension::Kind::choice) {
    std::int64_t possible = 0;
    for (std::size_t i = 0; i < dimension.choices; ++i) possible += is_possible(dimension, i);
    return possible;
  }
  if (dimension.shape == Dimension::Shape::normal) return std::nullopt;
  if (dimension.low == dimension.high) return 1;
  if (!is_stepped(dimension)) return std::nullopt;
  const Lattice lattice = lattice_of(dimension);
  const double values = lattice.last - lattice.first + 1;
  return values < 0x1p62 ? static_cast<std::int64_t>(values) : largest_count;
}

double nth_value(const Dimension& dimension, std::int64_t n) {
  if (dimension.kind == Dimension::Kind::choice) {
    for (std::size_t i = 0; i < dimension.choices; ++i) {
      if (is_possible(dimension, i) && n-- == 0) return static_cast<double>(i);
    }
    return without_value;
  }
  if (!is_stepped(dimension)) return dimension.low;
  const Lattice lattice = lattice_of(dimension);
  return lattice_value(lattice.first + static_cast<double>(n), lattice.step);
}

std::optional<std::int64_t> count_points(const Space& space) {
  const bool countable = std::ranges::all_of(
      space, [](const Dimension& dimension) { return count_values(dimension).has_value(); });
  if (!countable) return std::nullopt;
  Coordinates at(space.size(), without_value);
  return PointCounter(space).from(0, at);
}

Coordinates nth_point(const Space& space, std::int64_t n) { return PointCounter(space).nth(n); }

bool is_stepped(const Dimension& dimension) {
  return dimension.kind == Dimension::Kind::integer ||
         (dimension.kind == Dimension::Kind::real && dimension.step > 0);
}

double step_of(const Dimension& dimension) {
  return dimension.kind == Dimension::Kind::integer ? 1 : dimension.step;
}

Lattice lattice_of(const Dimension& dimension) {
  const double step = step_of(dimension);
  constexpr double rounding = 1e-9;  // 0.3 / 0.1 is a little less than 3
  const double first = std::ceil(dimension.low / step - rounding);
  const double last = std::floor(dimension.high / step + rounding);
  return {first, std::max(first, last), step};
}

double lattice_value(double multiple, double step) {
  const double product = multiple * step + 0.0;  // 0 where it were -0, which has other bits
  if (std::floor(step) == step) return product;
  std::array<char, 32> text{};
  const auto written =
      std::to_chars(text.begin(), text.end(), product, std::chars_format::general, 15);
  double tidy = product;
  std::from_chars(text.data(), written.ptr, tidy);
  return tidy;
}

Random search_draw(std::uint64_t seed, DrawFor use, std::int64_t number, std::int64_t attempt) {
  return Random({.seed = seed,
                 .stream = Stream::search,
                 .epoch = static_cast<std::uint32_t>(use),
                 .sample = static_cast<std::uint64_t>(number),
                 .draw = static_cast<std::uint32_t>(attempt)});
}

Coordinates point_at(const Space& space, const std::vector<double>& units) {
  Coordinates at(space.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < space.size(); ++i) {
    if (is_active(space, i, at)) at[i] = value_at(space[i], units[i]);
  }
  return at;
}

Coordinates random_point(const Space& space, std::uint64_t seed, std::int64_t number,
                         std::int64_t attempt) {
  Random random = search_draw(seed, DrawFor::point, number, attempt);
  std::vector<double> units(space.size());
  // Drawn for a dimension without a value, too: a condition elsewhere then leaves the others alone.
  std::generate(units.begin(), units.end(), [&] { return random.uniform(); });
  return point_at(space, units);
}

}  // namespace r50::sweep
