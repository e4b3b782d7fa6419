#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "support/nn/unit_case.h"
#include "support/sample.h"

namespace r50::nn::test {
namespace {

class FastUnit : public OfKernels {};

// Squared errors to fp64, summed over seeds.
struct Errors {
  std::map<std::string, double> fast, aten;
};

// A value of a gradient that rounding moves over the ReLU's edge outweighs thousands of others, and
// it is chance on which way it happens: so small tensors are sent more often.
Errors errors_of(const UnitCase& one, at::ScalarType type) {
  constexpr std::int64_t enough_values = 300'000, most_seeds = 24;
  Errors sums;
  std::int64_t seeds = 1;
  for (std::int64_t seed = 1; seed <= seeds; ++seed) {
    const auto number = static_cast<std::uint64_t>(seed);
    const Results exact = send(one, Way::fp64, type, number);
    const Results aten = send(one, Way::aten, type, number);
    const Results fast = send(one, Way::kernels, type, number);
    seeds = std::min(most_seeds, 1 + enough_values / fast.at("z").numel());
    EXPECT_EQ(fast.size(), exact.size());
    for (const auto& [name, tensor] : fast) {
      EXPECT_TRUE(tensor.sizes() == exact.at(name).sizes()) << name << " of " << one.name();
      sums.fast[name] += std::pow(relative_error(tensor, exact.at(name)), 2);
      sums.aten[name] += std::pow(relative_error(aten.at(name), exact.at(name)), 2);
    }
  }
  return sums;
}

// The error to fp64 of each result, beside that of libtorch's operators under autocast.
TEST_P(FastUnit, IsAsNearToTheMathematicsAsLibtorch) {
  SCOPED_TRACE(r50::test::repeat_command());
  std::map<std::string, std::vector<double>> ratios;
  for (const UnitCase& one : sample_of_cases()) {
    const Errors errors = errors_of(one, GetParam());
    for (const auto& [name, squares] : errors.fast) {
      const double error = std::sqrt(squares), other = std::sqrt(errors.aten.at(name));
      // At the edge of fp32's own rounding the order of sums decides.
      const double edge = 1e-7;
      const double allowed = (GetParam() == at::kFloat ? 1.5 : 1.05) * other + edge;
      EXPECT_LE(error, allowed) << name << " of " << one.name();
      if (other > edge) ratios[name].push_back(error / other);
    }
  }
  if (GetParam() == at::kFloat) return;
  const double of_a_sample = r50::test::long_run() ? 0 : 0.01;  // few cases may lean to one side
  for (const auto& [name, all] : ratios) {
    const double mean =
        std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
    RecordProperty(name, std::to_string(mean));
    // The statistics are of the same convolution's output: equal but for the last digits.
    const bool statistics = name == "mean" || name == "variance";
    EXPECT_LE(mean, (statistics ? 1.001 : 1.0) + of_a_sample) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Types, FastUnit, testing::Values(at::kBFloat16, at::kFloat),
                         [](const auto& type) {
                           return type.param == at::kFloat ? "fp32" : "bf16";
                         });

}  // namespace
}  // namespace r50::nn::test
