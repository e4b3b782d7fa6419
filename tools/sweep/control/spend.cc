#include <algorithm>

#include "sweep/control/controller.h"

namespace r50::sweep {

void Controller::review_budget() {
  if (!parts_.budget) return;
  const double now = parts_.clock.seconds();
  std::vector<AtWork> at_work;
  for (const auto& [number, watch] : watches_) at_work.push_back({number, now - watch.begun});
  parts_.budget->review(parts_.roster.trials(), at_work, slots_, now);
  const std::string remark = parts_.budget->remark();
  if (!remark.empty()) parts_.tell(remark);
}

void Controller::end_overdrawn() {
  if (!parts_.budget || stopping_ || watches_.empty()) return;
  review_budget();
  if (!parts_.budget->overdrawn()) return;
  overdrawn_ = true;
  stop_all("the budget is used up (" + parts_.budget->standing() +
           "): trials finish their step, save and leave");
}

bool Controller::affordable(const Trial& trial, std::int64_t until) const {
  return !parts_.budget || parts_.budget->fits(trial, until);
}

bool Controller::another_is_affordable() const {
  if (!parts_.budget) return true;
  const std::vector<Trial>& trials = parts_.roster.trials();
  std::int64_t epochs = 0;
  for (const Trial& trial : trials) epochs = std::max(epochs, trial.epochs);
  if (stopper_) epochs = stopper_->first_until(static_cast<std::int64_t>(trials.size()));
  return parts_.budget->fits_another(epochs);
}

bool Controller::anything_left_out() const {
  if (!parts_.budget) return false;
  const std::vector<Trial>& trials = parts_.roster.trials();
  return (parts_.roster.adaptive() && !exhausted_) ||
         std::any_of(trials.begin(), trials.end(),
                     [](const Trial& trial) { return trial.state == TrialState::waiting; });
}

// Once no further trial of the first stage is to begin, because all are over or because the rest of
// the budget is the second stage's. Again when more of the first have ended since: under a larger
// budget the points that are now among the best are added, and those that have been trained stay.
// True: there are new trials.
bool Controller::choose_second_stage() {
  if (parts_.sweep.confirm.top == 0) return false;
  const std::vector<Trial>& trials = parts_.roster.trials();
  const auto ended = std::count_if(trials.begin(), trials.end(), [](const Trial& trial) {
    return trial.stage.empty() && trial.state == TrialState::finished;
  });
  const bool left_out = anything_left_out();
  if (chosen_among_ == ended || (left_out && !parts_.budget->second_stage_fits())) return false;
  chosen_among_ = ended;
  const std::vector<Trial> added = parts_.roster.confirm();
  parts_.ledger.put(added);
  if (added.empty()) return false;
  const auto chosen = std::count_if(added.begin(), added.end(),
                                    [](const Trial& trial) { return !trial.is_merged_run(); });
  parts_.tell("second stage: " + std::to_string(chosen) + " trials of the best points" +
              (left_out ? ", of those done: the budget leaves no room for the others" : ""));
  return true;
}

void Controller::tell_left_out() {
  if (!parts_.budget) return;
  review_budget();
  const std::string left_out = parts_.budget->left_out(parts_.roster.trials());
  if (!left_out.empty()) parts_.tell(left_out);
  if (parts_.roster.adaptive() && !exhausted_) {
    parts_.tell("the budget ended the search before run_cap did (" + parts_.budget->standing() +
                "); with a larger one the same command goes on");
  }
}

Trial* Controller::next_waiting() {
  std::vector<Trial>& trials = parts_.roster.trials();
  for (std::size_t i = 0; i < trials.size(); ++i) {
    Trial& trial = trials[parts_.budget ? parts_.budget->order()[i] : i];
    if (trial.state != TrialState::waiting || trial.follows()) continue;
    if (affordable(trial, way_of(trial))) return &trial;
  }
  return nullptr;
}

std::int64_t Controller::way_of(const Trial& trial) const {
  if (trial.until > 0) return trial.until;
  const std::int64_t judged =
      trial.stage.empty() && stopper_ ? stopper_->first_until(trial.number) : trial.epochs;
  return std::min(judged, trial.epochs);
}

}  // namespace r50::sweep
