#include "sweep/judge/statistics.h"

#include <cmath>
#include <limits>

#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace r50::sweep::judge {
namespace {

// What has no answer is NaN, not an exception. In double: Boost's default, long double, takes 20
// times as long and its p-values differ by less than 1e-14 of themselves.
namespace policies = boost::math::policies;
using Quiet = policies::policy<policies::domain_error<policies::ignore_error>,
                               policies::overflow_error<policies::ignore_error>,
                               policies::promote_double<false>>;
using StudentsT = boost::math::students_t_distribution<double, Quiet>;
using FisherF = boost::math::fisher_f_distribution<double, Quiet>;

}  // namespace

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

double two_sided_p(double t, double freedom) {
  return 2 * cdf(complement(StudentsT(freedom), std::abs(t)));
}

double critical_t(double p, double freedom) {
  if (!(p > 0 && p < 1)) return std::numeric_limits<double>::quiet_NaN();
  return quantile(complement(StudentsT(freedom), p / 2));
}

double f_test_p(double ratio, double freedom_above, double freedom_below) {
  return cdf(complement(FisherF(freedom_above, freedom_below), ratio));
}

}  // namespace r50::sweep::judge
