#pragma once

// A mixture of products of kernels, one around each observed point and a wide one for what was
// known before (Bergstra et al. 2011), with the widths and weights of Optuna 5. It works on the
// units of space.h: a flat, logarithmic or normal dimension is [0, 1] to it, on which the user's
// own distribution is flat.

#include <cstddef>
#include <vector>

#include "r50/random.h"
#include "sweep/search/space.h"

namespace r50::sweep {

class Parzen {
 public:
  // The points, oldest first: old ones count less. Where a point has no value in a dimension, its
  // kernel there is the wide one: it says nothing about it.
  Parzen(const Space& space, const std::vector<Coordinates>& observed);
  Parzen(Space&& space, const std::vector<Coordinates>& observed) = delete;  // it must outlive this

  Coordinates draw(Random& random) const;
  double log_density(const Coordinates& at) const;

 private:
  // Of one dimension and one observation.
  struct Kernel {
    double centre = 0.5, width = 1;
    double log_scale = 0;  // what lies outside [0, 1] is cut off: the logarithm of 1 / the rest
    double log_peak = 0;   // of the density at the centre
    double choice = -1;    // of a dimension of choices; -1: none was observed
  };
  struct Along {
    bool fixed = false;  // has one value only, about which nothing is to be learnt
    std::vector<Kernel> kernels;
    double prior_share = 1;  // choices: the weight of the user's own beside 1 for the observed one
  };

  Along along(std::size_t dimension, const std::vector<Coordinates>& observed) const;
  double draw_along(std::size_t dimension, const Kernel& kernel, Random& random) const;
  std::vector<double> log_densities_along(std::size_t dimension, double value) const;

  Space space_;
  std::vector<double> weights_;  // of the observations, then of the wide kernel; their sum is 1
  std::vector<double> log_weights_;
  std::vector<Along> along_;
};

// The newest 25 count fully, those before them less and less, down to 1/n for the oldest.
std::vector<double> weights_by_age(std::size_t n);

// How wide the kernels around these centres of [0, 1] are: as far as the farther neighbour, but
// not below 1 / min(100, 2 + their number).
std::vector<double> kernel_widths(const std::vector<double>& centres);

}  // namespace r50::sweep
