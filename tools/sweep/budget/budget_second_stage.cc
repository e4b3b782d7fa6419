#include <algorithm>
#include <set>

#include "sweep/budget/budget.h"
#include "sweep/budget/reserve.h"

namespace r50::sweep {

// Nothing where that is not even to be guessed, before the first trial of all has an epoch.
std::optional<std::vector<double>> Budget::seconds_of(const std::vector<Trial>& stand_ins) {
  std::vector<double> all;
  for (const Trial& trial : stand_ins) {
    const auto epoch = rates_->guessed_epoch_seconds(trial);
    if (!epoch) return std::nullopt;
    guessed_ = guessed_ || !rates_->epoch_seconds(trial);
    all.push_back(*epoch * static_cast<double>(trial.epochs));
  }
  return all;
}

void Budget::review_second_stage(const std::vector<Trial>& trials,
                                 const std::set<std::int64_t>& running) {
  if (sweep_.confirm.top == 0) return;
  second_.review(trials);
  guessed_ = false;
  to_come_ = seconds_of(second_.to_come()).value_or(std::vector<double>());
  another_ = seconds_of(second_.another()).value_or(std::vector<double>());
  too_much_ = !second_.chosen() &&
              use_of(limit_, to_come_, slots_, sweep_.launcher.price_per_hour) > allowed();
  later_runs_.clear();
  points_at_work_.clear();
  for (const Trial& trial : trials) {
    if (trial.stage == "confirm" && trial.follows()) later_runs_.insert(trial.leader);
    if (trial.stage.empty() && running.count(trial.number) > 0) points_at_work_.insert(trial.point);
  }
  // Those that are listed: a merged run stands for the trials that follow it.
  for (const Trial& trial : trials) {
    const bool later =
        trial.stage == "confirm" ? !trial.follows() : later_runs_.count(trial.id) > 0;
    if (!later || trial.over() || running.count(trial.number) > 0) continue;
    const auto guess = rates_->guessed_epoch_seconds(trial);
    const double epochs = static_cast<double>(trial.epochs - trial.done);
    to_come_.push_back(trial.done > 0 ? still_to_run(trial, trial.epochs)
                                      : guess.value_or(0) * epochs);
  }
}

// Where the second stage was chosen already, it is to grow by what this start may find and no more:
// a little more money is to be of use.
double Budget::kept(std::int64_t further_points) const {
  if (too_much_) return 0;
  std::vector<double> all = to_come_;
  if (second_.chosen()) {
    const auto most = std::max<std::int64_t>(0, sweep_.confirm.top - second_.points_to_come());
    const auto at_work = static_cast<std::int64_t>(points_at_work_.size());
    for (std::int64_t i = 0; i < std::min(most, at_work + further_points); ++i) {
      all.insert(all.end(), another_.begin(), another_.end());
    }
  }
  return reserve_margin * use_of(limit_, all, slots_, sweep_.launcher.price_per_hour);
}

double Budget::kept_from(const Trial& trial) const {
  if (trial.stage == "confirm" || later_runs_.count(trial.id) > 0) return 0;
  return kept(points_at_work_.count(trial.point) > 0 ? 0 : 1);
}

bool Budget::second_stage_fits() const {
  if (too_much_ || to_come_.empty()) return false;
  return fits_seconds(*std::min_element(to_come_.begin(), to_come_.end()));
}

std::string Budget::remark() {
  if (too_much_ && !told_too_much_) {
    told_too_much_ = true;
    return "nothing is kept back for the second stage: " + second_stage_text() +
           ", more than the budget of " + limit_.text +
           ". All goes to the first stage; with a larger budget the same command comes to the "
           "second";
  }
  if (!guessed_ || told_guessed_) return "";
  told_guessed_ = true;
  return "how long trials of the second stage take is not known: for what is kept back, a step of "
         "theirs counts as one of the first stage. r50sweep plan --calibrate measures it";
}

std::string Budget::second_stage_text() const {
  const double use = use_of(limit_, to_come_, slots_, sweep_.launcher.price_per_hour);
  return second_stage_words(sweep_) + " take about " + use_text(limit_, use);
}

}  // namespace r50::sweep
