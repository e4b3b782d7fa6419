#include "sweep/forecast/pace.h"

#include <algorithm>
#include <cmath>

namespace r50::sweep {
namespace {

std::optional<double> middle_number(std::vector<double> numbers) {
  if (numbers.empty()) return std::nullopt;
  std::sort(numbers.begin(), numbers.end());
  const std::size_t half = numbers.size() / 2;
  return numbers.size() % 2 == 1 ? numbers[half] : (numbers[half - 1] + numbers[half]) / 2;
}

template <typename Take>
std::optional<double> middle_of(const std::vector<Pace>& paces, const Take& take) {
  std::vector<double> numbers;
  for (const Pace& pace : paces) {
    if (const std::optional<double> one = take(pace)) numbers.push_back(*one);
  }
  return middle_number(std::move(numbers));
}

}  // namespace

Pace middle(const std::vector<Pace>& paces) {
  Pace result = paces.front();
  result.runs = static_cast<std::int64_t>(paces.size());
  const auto of = [&](auto member) {
    return middle_of(paces, [&](const Pace& pace) { return std::optional<double>(pace.*member); });
  };
  result.step_seconds = *of(&Pace::step_seconds);
  result.image_seconds = *of(&Pace::image_seconds);
  result.overhead = of(&Pace::overhead);
  result.checkpoint_bytes = of(&Pace::checkpoint_bytes);
  result.best_bytes = of(&Pace::best_bytes);
  return result;
}

double seconds_of(const RunBuild& build, const Amount& amount, const Pace& pace) {
  const auto images = static_cast<double>(amount.evaluated > 0 ? amount.evaluated : pace.evaluated);
  const double evaluations = std::ceil(amount.epochs / build.evaluated_every - 1e-9);
  return pace.overhead.value_or(0) +
         amount.epochs * static_cast<double>(amount.steps) * pace.step_seconds +
         evaluations * static_cast<double>(build.sets) * images * pace.image_seconds;
}

std::optional<double> bytes_running(const RunBuild& build, const Pace& pace) {
  if (!pace.checkpoint_bytes) return std::nullopt;
  return static_cast<double>(build.kept + 1) * *pace.checkpoint_bytes +
         2 * pace.best_bytes.value_or(0);
}

std::optional<double> bytes_resting(const RunBuild& build, const Pace& pace) {
  if (!pace.checkpoint_bytes) return std::nullopt;
  return static_cast<double>(build.kept) * *pace.checkpoint_bytes + pace.best_bytes.value_or(0);
}

}  // namespace r50::sweep
