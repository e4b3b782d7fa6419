#include "sweep/stop/halving.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace r50::sweep {
namespace {

bool has_reached(const Contender& trial, std::int64_t epoch) {
  if (!trial.reports.empty() && trial.reports.back().epoch >= epoch) return true;
  return trial.state == Contender::State::paused && trial.until >= epoch;
}

double value_up_to(const Contender& trial, std::int64_t epoch) {
  const auto after = std::upper_bound(
      trial.reports.begin(), trial.reports.end(), epoch,
      [](std::int64_t bound, const EpochValue& report) { return bound < report.epoch; });
  return after == trial.reports.begin() ? std::numeric_limits<double>::quiet_NaN()
                                        : std::prev(after)->value;
}

}  // namespace

Halving::Halving(Rungs rungs) : factor_(std::max<std::int64_t>(rungs.factor, 2)) {
  for (std::int64_t epoch = std::max<std::int64_t>(rungs.first, 1); epoch < rungs.last;) {
    stops_.push_back(epoch);
    if (epoch > rungs.last / factor_) break;
    epoch *= factor_;
  }
  stops_.push_back(rungs.last);
}

std::int64_t Halving::rung_at(std::int64_t epoch) const {
  const auto above = std::upper_bound(stops_.begin(), stops_.end(), epoch);
  return above == stops_.begin() ? 0 : *std::prev(above);
}

Halving::Standing Halving::standing_at(std::size_t rung, const Bracket& all) const {
  Standing standing;
  for (const Contender* trial : all) {
    if (!has_reached(*trial, stops_[rung])) continue;
    standing.push_back({value_up_to(*trial, stops_[rung]), trial});
  }
  std::ranges::sort(standing, [](const Place& a, const Place& b) {
    if (std::isnan(a.value) != std::isnan(b.value)) return std::isnan(b.value);
    if (a.value < b.value || b.value < a.value) return a.value < b.value;
    return a.trial->number < b.trial->number;
  });
  return standing;
}

bool Halving::is_paused_at(std::size_t rung, const Contender& trial) const {
  return trial.state == Contender::State::paused && trial.until >= stops_[rung] &&
         trial.until < stops_[rung + 1];
}

std::optional<Stopper::Promotion> Halving::promote(const Bracket& all) const {
  for (std::size_t above = stops_.size() - 1; above > 0; --above) {
    const Standing standing = standing_at(above - 1, all);
    const auto going_on = standing.size() / static_cast<std::size_t>(factor_);
    for (std::size_t i = 0; i < going_on && !std::isnan(standing[i].value); ++i) {
      const Contender& trial = *standing[i].trial;
      if (!is_paused_at(above - 1, trial)) continue;
      return Stopper::Promotion{trial.number, stops_[above]};
    }
  }
  return std::nullopt;
}

bool Halving::is_reserve(const Standing& standing, std::size_t place, std::size_t rung) const {
  return static_cast<std::int64_t>(place) < factor_ && !std::isnan(standing[place].value) &&
         is_paused_at(rung, *standing[place].trial);
}

std::optional<Stopper::Promotion> Halving::promote_at_end(const Bracket& all) const {
  for (std::size_t above = stops_.size() - 1; above > 0; --above) {
    const Standing standing = standing_at(above - 1, all);
    for (std::size_t i = 0; i < standing.size(); ++i) {
      if (!is_reserve(standing, i, above - 1)) continue;
      return Stopper::Promotion{standing[i].trial->number, stops_[above]};
    }
  }
  return std::nullopt;
}

bool Halving::has_result(const Contender& trial) const {
  return has_reached(trial, last()) && !std::isnan(value_up_to(trial, last()));
}

// Of each rung, how many could at the very most be among those that are resumed, in any order of
// arrivals and with any values. No trial loses a place in front of another, and one that is still
// to come may take a place behind it: so all depends on how many more may arrive. In the first rung
// these are the new trials and the running ones. Of a rung each arrival lets one more pass at most:
// itself, or, where it makes room for one more, the next in line. So further up there arrive those
// under way, those that may be resumed now, and one for each arrival below, but for the first
// factor - 1 of a rung: these make no room yet.
Halving::Outlook Halving::outlook(const Bracket& all, std::int64_t to_come) const {
  Outlook outlook;
  std::int64_t passing = to_come;
  for (std::size_t rung = 0; rung + 1 < stops_.size(); ++rung) {
    Standing standing = standing_at(rung, all);
    const auto here = static_cast<std::int64_t>(standing.size());
    const std::int64_t under_way = std::ranges::count_if(all, [&](const auto* trial) {
      return trial->state == Contender::State::running && trial->until >= stops_[rung] &&
             !has_reached(*trial, stops_[rung]);
    });
    const std::int64_t arrivals = passing + under_way;
    passing = std::clamp<std::int64_t>(here + arrivals - factor_ + 1, 0, arrivals);
    for (std::int64_t i = 0; i < here / factor_; ++i) {
      const Place& place = standing[static_cast<std::size_t>(i)];
      passing += is_paused_at(rung, *place.trial) && !std::isnan(place.value);
    }
    outlook.standings.push_back(std::move(standing));
    outlook.going_on.push_back((here + arrivals) / factor_);
  }
  return outlook;
}

std::vector<const Contender*> Halving::hopeless(const Bracket& all, std::int64_t to_come,
                                                bool keep_reserve) const {
  const Outlook outlook = this->outlook(all, to_come);
  std::vector<const Contender*> hopeless;
  for (std::size_t rung = 0; rung + 1 < stops_.size(); ++rung) {
    const Standing& standing = outlook.standings[rung];
    for (std::size_t i = 0; i < standing.size(); ++i) {
      if (!is_paused_at(rung, *standing[i].trial)) continue;
      if (keep_reserve && is_reserve(standing, i, rung)) continue;
      const bool among = static_cast<std::int64_t>(i) < outlook.going_on[rung];
      if (!among || std::isnan(standing[i].value)) hopeless.push_back(standing[i].trial);
    }
  }
  return hopeless;
}

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

  std::vector<std::int64_t> hopeless(const std::vector<Contender>& all,
                                     std::int64_t to_come) const override {
    std::vector<std::int64_t> numbers;
    const bool reserve = !has_result(all);
    for (std::size_t bracket = 0; bracket < brackets_.size(); ++bracket) {
      for (const Contender* trial : hopeless_in(bracket, all, to_come, reserve)) {
        numbers.push_back(trial->number);
      }
    }
    std::ranges::sort(numbers);
    return numbers;
  }

 private:
  using Ask = std::optional<Promotion> (Halving::*)(const Bracket&) const;

  std::size_t bracket_of(std::int64_t number) const {
    return pattern_[static_cast<std::size_t>(number) % pattern_.size()];
  }

  bool has_result(const std::vector<Contender>& all) const {
    return std::ranges::any_of(
        all, [&](const Contender& trial) { return brackets_.front().has_result(trial); });
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
