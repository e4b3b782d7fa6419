#include "report/lr_rules.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>

namespace r50::report {
namespace {

using Losses = std::vector<double>;

constexpr std::int64_t last_dropped = 5;
constexpr std::ptrdiff_t slide_window = 15;
constexpr double slide_threshold = 0.005;

// The longest chain of ever lower losses ends where it is first certain that none is longer; a
// third and a sixth of the way through it is a rate that is safely inside.
std::size_t valley(const Losses& losses) {
  std::vector<std::ptrdiff_t> chain(losses.size(), 1);  // the longest that ends here
  std::ptrdiff_t start = 0;
  std::size_t end = 0;
  for (std::size_t i = 1; i < losses.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (losses[i] < losses[j]) chain[i] = std::max(chain[i], chain[j] + 1);
    }
    if (chain[i] > chain[end]) {
      end = i;
      start = static_cast<std::ptrdiff_t>(i) - chain[i];
    }
  }
  const double third = static_cast<double>(static_cast<std::ptrdiff_t>(end) - start) / 3;
  const std::ptrdiff_t index =
      start + static_cast<std::ptrdiff_t>(third) + static_cast<std::ptrdiff_t>(third / 2);
  // A chain of the first two points alone begins at -1 by this count. Python then takes the last
  // point, the largest rate of all; we take the first.
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, index));
}

// In 32 bits, as fastai does it: on a straight line rounding decides where it is steepest.
std::size_t steepest(const LrCurve& part) {
  std::size_t best = 0;
  float least = 0;
  for (std::size_t i = 0; i + 1 < part.losses.size(); ++i) {
    const float rise = static_cast<float>(part.losses[i + 1]) - static_cast<float>(part.losses[i]);
    const float run = std::log(static_cast<float>(part.rates[i + 1])) -
                      std::log(static_cast<float>(part.rates[i]));
    const float slope = rise / run;
    if (std::isnan(slope)) return i;  // between infinities; torch's argmin stops there, too
    if (i == 0 || slope < least) {
      least = slope;
      best = i;
    }
  }
  return best;
}

double slope_at(const Losses& losses, std::ptrdiff_t i) {
  const auto last = static_cast<std::ptrdiff_t>(losses.size()) - 1;
  const std::ptrdiff_t before = std::max<std::ptrdiff_t>(0, i - 1), after = std::min(last, i + 1);
  return (losses[static_cast<std::size_t>(after)] - losses[static_cast<std::size_t>(before)]) /
         static_cast<double>(after - before);
}

// From the end leftwards, until the slope is the same on both sides of a window.
std::size_t before_it_turns(const Losses& losses) {
  std::ptrdiff_t right = static_cast<std::ptrdiff_t>(losses.size()) - 1;
  std::ptrdiff_t found = right - slide_window;
  for (std::ptrdiff_t left = found; left >= 0; --left, --right) {
    if (!(std::abs(slope_at(losses, right) - slope_at(losses, left)) > slide_threshold)) break;
    found = left;
  }
  return static_cast<std::size_t>(found);
}

double three_digits(double value) {
  return std::strtod(absl::StrFormat("%.2e", value).c_str(), nullptr);
}

}  // namespace

const char* name_of(LrRule rule) {
  constexpr const char* names[] = {"valley", "steep", "minimum", "slide"};
  return names[static_cast<int>(rule)];
}

LrCurve judged_part(const LrCurve& curve, std::int64_t planned) {
  const auto size = static_cast<std::int64_t>(curve.rates.size());
  const std::int64_t begin = std::min(planned / 10, size);
  std::int64_t end = std::max(begin, size - last_dropped);
  for (std::int64_t i = begin; i < end; ++i) {
    if (std::isnan(curve.losses[static_cast<std::size_t>(i)])) end = i;
  }
  return {{curve.rates.begin() + begin, curve.rates.begin() + end},
          {curve.losses.begin() + begin, curve.losses.begin() + end}};
}

std::optional<double> suggestion(LrRule rule, const LrCurve& part) {
  const Losses& losses = part.losses;
  if (losses.empty()) return std::nullopt;
  switch (rule) {
    case LrRule::valley:
      return part.rates[valley(losses)];
    case LrRule::steep:
      if (losses.size() < 2) return std::nullopt;
      return part.rates[steepest(part)];
    case LrRule::minimum: {
      const auto lowest = std::min_element(losses.begin(), losses.end()) - losses.begin();
      return part.rates[static_cast<std::size_t>(lowest)] / 10;
    }
    case LrRule::slide:
      break;
  }
  if (losses.size() <= slide_window) return std::nullopt;
  return part.rates[before_it_turns(losses)];
}

double SmoothedLoss::add(double loss) {
  average_ = keep_ * average_ + (1 - keep_) * loss;
  missing_ *= keep_;
  return average_ / (1 - missing_);
}

bool DivergenceWatch::diverged(double smoothed) {
  if (!std::isfinite(smoothed)) return true;
  best_ = std::min(best_.value_or(smoothed), smoothed);
  return smoothed > stop_ * *best_;
}

std::optional<double> divergence_rate(const LrCurve& curve, double stop) {
  DivergenceWatch watch(stop);
  for (std::size_t i = 0; i < curve.losses.size(); ++i) {
    if (watch.diverged(curve.losses[i])) return curve.rates[i];
  }
  return std::nullopt;
}

std::optional<double> median(const std::vector<std::optional<double>>& values) {
  std::vector<double> there;
  for (const auto& value : values) {
    if (value) there.push_back(*value);
  }
  if (there.empty()) return std::nullopt;
  std::sort(there.begin(), there.end());
  const std::size_t half = there.size() / 2;
  return there.size() % 2 == 1 ? there[half] : (there[half - 1] + there[half]) / 2;
}

double cautious_rate(double wished, std::optional<double> divergence) {
  const double most = divergence ? *divergence / 2 : wished * 2;
  const double rate = std::min(wished, most);
  if (!(rate > 0) || !std::isfinite(rate)) return rate;
  const double rounded = three_digits(rate);
  if (rounded <= most) return rounded;
  return three_digits(rounded - std::pow(10, std::floor(std::log10(rate)) - 2));
}

}  // namespace r50::report
