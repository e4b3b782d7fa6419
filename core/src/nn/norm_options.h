#pragma once

namespace r50::nn {

struct NormOptions {
  double momentum;  // the share of a new batch in the running statistics
  double epsilon;
};

inline constexpr NormOptions norm_options{0.1, 1e-5};  // torch's own

bool statistics_held();  // of the calling thread, see StatisticsHeld

}  // namespace r50::nn
