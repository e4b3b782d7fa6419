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
  std::sort(standing.begin(), standing.end(), [](const Place& a, const Place& b) {
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
    const std::int64_t under_way = std::count_if(all.begin(), all.end(), [&](const auto* trial) {
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

}  // namespace r50::sweep
