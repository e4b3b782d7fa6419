#pragma once

// What a sweep of the learning rate suggests. Pure functions of a curve; the four rules are
// fastai's, and a test holds them against what fastai itself said of recorded curves.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace r50::report {

// A curve, in the order of the sweep: the loss, averaged, that each rate led to.
struct LrCurve {
  std::vector<double> rates, losses;
};

enum class LrRule { valley, steep, minimum, slide };
inline constexpr std::array lr_rules = {LrRule::valley, LrRule::steep, LrRule::minimum,
                                        LrRule::slide};
const char* name_of(LrRule rule);

// What the rules look at: without the first tenth of the `planned` iterations and the last five
// points, up to the first loss that is no number.
LrCurve judged_part(const LrCurve& curve, std::int64_t planned);

// Of a part as above. Nothing where it is too short for the rule: `slide` needs 16 points, `steep`
// two, the others one.
std::optional<double> suggestion(LrRule rule, const LrCurve& part);

// The running mean that fastai judges by: each loss counts 1 - keep, what came before `keep`,
// and the start is made up for.
class SmoothedLoss {
 public:
  explicit SmoothedLoss(double keep) : keep_(keep) {}
  double add(double loss);

 private:
  double keep_;
  double average_ = 0;
  double missing_ = 1;  // weight of the zero it began with
};

// Watches a sweep and says when it has seen enough.
class DivergenceWatch {
 public:
  explicit DivergenceWatch(double stop) : stop_(stop) {}
  // True if `smoothed` is no finite number, or has passed `stop` times the best one so far.
  bool diverged(double smoothed);

 private:
  double stop_;
  std::optional<double> best_;
};

// The first rate at which such a watch would have said so.
std::optional<double> divergence_rate(const LrCurve& curve, double stop);

// Of those that are there; nothing if none is.
std::optional<double> median(const std::vector<std::optional<double>>& values);

// The rate a run should take: `wished`, at most half of `divergence`, in three digits, so that a
// person can copy it.
double cautious_rate(double wished, std::optional<double> divergence);

}  // namespace r50::report
