#pragma once

// Student's t distribution, for any positive number of degrees of freedom, whole or not.

namespace r50::sweep::judge {

// The regularised incomplete beta function I_x(a, b), of 0 <= x <= 1 and positive a, b.
double incomplete_beta(double a, double b, double x);

// How likely |T| >= |t| is: a two-sided p-value. Small ones keep their relative accuracy.
double two_sided_p(double t, double freedom);

// The t > 0 whose two-sided p-value is this one, of (0, 1).
double critical_t(double p, double freedom);

}  // namespace r50::sweep::judge
