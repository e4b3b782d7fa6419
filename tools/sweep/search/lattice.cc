#include "sweep/search/lattice.h"

#include <array>
#include <charconv>
#include <cmath>

namespace r50::sweep {

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

}  // namespace r50::sweep
