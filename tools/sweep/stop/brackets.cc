#include <algorithm>
#include <utility>

#include "sweep/stop/halving.h"

namespace r50::sweep {
namespace {

// Trials are dealt to brackets by a pattern of their numbers, so that no trial need remember its
// own. One bracket: asha.
class Brackets final : public Stopper {
 public:
  Brackets(std::vector<Halving> brackets, std::vector<std::size_t> pattern)
      : brackets_(std::move(brackets)), pattern_(std::move(pattern)) {}

  std::int64_t first_until(std::int64_t number) const override {
    return brackets_[bracket_of(number)].first_until();
  }

  std::int64_t rung_at(std::int64_t number, std::int64_t epoch) const override {
    return brackets_[bracket_of(number)].rung_at(epoch);
  }

  std::optional<Promotion> promote(const std::vector<Contender>& all) const override {
    return farthest(all, &Halving::promote);
  }

  std::optional<Promotion> promote_at_end(const std::vector<Contender>& all) const override {
    return has_result(all) ? std::nullopt : farthest(all, &Halving::promote_at_end);
  }

  bool ends(const Contender&, const std::vector<Contender>&) const override { return false; }

  std::vector<std::int64_t> hopeless(const std::vector<Contender>& all,
                                     std::int64_t to_come) const override {
    std::vector<std::int64_t> numbers;
    const bool reserve = !has_result(all);
    for (std::size_t bracket = 0; bracket < brackets_.size(); ++bracket) {
      for (const Contender* trial : hopeless_in(bracket, all, to_come, reserve)) {
        numbers.push_back(trial->number);
      }
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  }

 private:
  using Ask = std::optional<Promotion> (Halving::*)(const Bracket&) const;

  std::size_t bracket_of(std::int64_t number) const {
    return pattern_[static_cast<std::size_t>(number) % pattern_.size()];
  }

  bool has_result(const std::vector<Contender>& all) const {
    return std::any_of(all.begin(), all.end(),
                       [&](const Contender& trial) { return brackets_.front().has_result(trial); });
  }

  std::vector<const Contender*> hopeless_in(std::size_t bracket, const std::vector<Contender>& all,
                                            std::int64_t to_come, bool reserve) const {
    const std::int64_t here = to_come_to(bracket, all, to_come);
    return brackets_[bracket].hopeless(members(bracket, all), here, reserve);
  }

  std::int64_t to_come_to(std::size_t bracket, const std::vector<Contender>& all,
                          std::int64_t to_come) const {
    const auto cycle = static_cast<std::int64_t>(pattern_.size());
    const std::int64_t next = all.empty() ? 0 : all.back().number + 1;
    std::int64_t here = to_come / cycle * std::count(pattern_.begin(), pattern_.end(), bracket);
    for (std::int64_t i = 0; i < to_come % cycle; ++i) here += bracket_of(next + i) == bracket;
    return here;
  }

  Bracket members(std::size_t bracket, const std::vector<Contender>& all) const {
    Bracket members;
    for (const Contender& trial : all) {
      if (bracket_of(trial.number) == bracket) members.push_back(&trial);
    }
    return members;
  }

  // A trial that is near its end is finished before one that has hardly begun is resumed.
  std::optional<Promotion> farthest(const std::vector<Contender>& all, Ask ask) const {
    std::optional<Promotion> best;
    for (std::size_t bracket = 0; bracket < brackets_.size(); ++bracket) {
      const auto promotion = (brackets_[bracket].*ask)(members(bracket, all));
      if (promotion && (!best || promotion->until > best->until)) best = promotion;
    }
    return best;
  }

  std::vector<Halving> brackets_;
  std::vector<std::size_t> pattern_;
};

// Hyperband begins (s_max + 1) / (s + 1) * factor^s trials, rounded up, in the bracket of s
// halvings, which is the first for s_max.
std::vector<std::int64_t> bracket_sizes(std::int64_t brackets, std::int64_t factor) {
  std::vector<std::int64_t> sizes;
  std::int64_t power = 1;
  for (std::int64_t s = 0; s < brackets; ++s) {
    sizes.push_back((brackets * power + s) / (s + 1));
    power *= factor;
  }
  std::reverse(sizes.begin(), sizes.end());
  return sizes;
}

// Each turn goes to the bracket that is furthest behind its share, so that a sweep cut short has
// dealt fairly.
std::vector<std::size_t> dealt_in_turn(const std::vector<std::int64_t>& sizes) {
  std::int64_t total = 0;
  for (const std::int64_t size : sizes) total += size;
  std::vector<std::int64_t> behind(sizes.size(), 0);
  std::vector<std::size_t> pattern;
  for (std::int64_t i = 0; i < total; ++i) {
    for (std::size_t b = 0; b < sizes.size(); ++b) behind[b] += sizes[b];
    const auto next = std::max_element(behind.begin(), behind.end());
    *next -= total;
    pattern.push_back(static_cast<std::size_t>(next - behind.begin()));
  }
  return pattern;
}

}  // namespace

std::unique_ptr<Stopper> asha(Rungs rungs) {
  return std::make_unique<Brackets>(std::vector{Halving(rungs)}, std::vector<std::size_t>{0});
}

std::unique_ptr<Stopper> hyperband(Rungs rungs) {
  std::vector<Halving> brackets;
  const Halving whole(rungs);
  for (const std::int64_t first : whole.stops()) {
    brackets.emplace_back(Rungs{first, rungs.factor, rungs.last});
  }
  const auto sizes = bracket_sizes(static_cast<std::int64_t>(brackets.size()), whole.factor());
  return std::make_unique<Brackets>(std::move(brackets), dealt_in_turn(sizes));
}

}  // namespace r50::sweep
