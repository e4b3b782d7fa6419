#include "sweep/judge/moments.h"

namespace r50::sweep::judge {

double mean(const std::vector<double>& values) {
  // About the first value, so that equal values have just that mean, and large ones keep digits.
  double sum = 0;
  for (const double value : values) sum += value - values.front();
  return values.front() + sum / static_cast<double>(values.size());
}

double variance(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double middle = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  return sum / static_cast<double>(values.size() - 1);
}

}  // namespace r50::sweep::judge
