#include "sweep/control/controller.h"

#include <absl/strings/str_format.h>

namespace r50::sweep {

Trial* Chooser::next(int slots) {
  Trial* const trial = choose(slots);
  if (trial) trial->until = way_of(*trial);
  return trial;
}

// A trial that was under way comes first: it was chosen already, and a fault or a killed controller
// is not to change the order. Then promotions: what has been trained is worth more than what has
// not. Then what waits, then new points, and the second stage once all of these are over.
Trial* Chooser::choose(int slots) {
  review(slots);
  board_.know_stopper();
  for (Trial& trial : board_.trials()) {
    if (trial.state != TrialState::waiting || trial.until == 0) continue;
    if (affordable(trial, trial.until)) return &trial;
  }
  const Stopper* const stopper = board_.stopper.get();
  if (stopper) {
    if (Trial* const trial = promoted(stopper->promote(board_.contenders()))) return trial;
  }
  if (Trial* const waiting = next_waiting()) return waiting;
  if (board_.parts.roster.adaptive() && !board_.exhausted && another_is_affordable()) {
    const std::vector<Trial> added = board_.parts.roster.next();
    if (added.empty()) board_.exhausted = true;
    board_.parts.ledger.put(added);
    if (!added.empty()) return choose(slots);
  }
  if (!board_.watches.empty()) return nullptr;
  if (stopper) {
    if (Trial* const trial = promoted(stopper->promote_at_end(board_.contenders()))) return trial;
  }
  return choose_second_stage() ? choose(slots) : nullptr;
}

Trial* Chooser::promoted(const std::optional<Stopper::Promotion>& promotion) {
  if (!promotion) return nullptr;
  Trial& trial = board_.parts.roster.trial(promotion->number);
  if (!affordable(trial, promotion->until)) return nullptr;
  trial.until = promotion->until;
  return &trial;
}

Trial* Chooser::next_waiting() {
  std::vector<Trial>& trials = board_.trials();
  const Budget* const budget = board_.parts.budget;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    Trial& trial = trials[budget ? budget->order()[i] : i];
    if (trial.state != TrialState::waiting || trial.follows()) continue;
    if (affordable(trial, way_of(trial))) return &trial;
  }
  return nullptr;
}

std::int64_t Chooser::way_of(const Trial& trial) const {
  if (trial.until > 0) return trial.until;
  const bool judged = trial.stage.empty() && board_.stopper;
  return std::min(judged ? board_.stopper->first_until(trial.number) : trial.epochs, trial.epochs);
}

// Once no further trial of the first stage is to begin, because all are over or because the rest of
// the budget is the second stage's. Again when more of the first have ended since: under a larger
// budget the points that are now among the best are added, and those that have been trained stay.
// True: there are new trials.
bool Chooser::choose_second_stage() {
  if (board_.parts.sweep.confirm.top == 0) return false;
  const std::vector<Trial>& trials = board_.trials();
  const auto ended = std::ranges::count_if(trials, [](const Trial& trial) {
    return trial.stage.empty() && trial.state == TrialState::finished;
  });
  const bool left_out = anything_left_out();
  if (chosen_among_ == ended) return false;
  if (left_out && !board_.parts.budget->second_stage_fits()) return false;
  chosen_among_ = ended;
  const std::vector<Trial> added = board_.parts.roster.confirm();
  board_.parts.ledger.put(added);
  if (added.empty()) return false;
  const auto chosen =
      std::ranges::count_if(added, [](const Trial& trial) { return !trial.is_merged_run(); });
  board_.parts.tell(
      absl::StrFormat("second stage: %d trials of the best points%s", chosen,
                      left_out ? ", of those done: the budget leaves no room for the others" : ""));
  return true;
}

void Chooser::review(int slots) {
  if (!board_.parts.budget) return;
  const double now = board_.parts.clock.seconds();
  std::vector<AtWork> at_work;
  for (const auto& [number, watch] : board_.watches) at_work.push_back({number, now - watch.begun});
  board_.parts.budget->review(board_.trials(), at_work, slots, now);
  const std::string remark = board_.parts.budget->remark();
  if (!remark.empty()) board_.parts.tell(remark);
}

bool Chooser::overdrawn(int slots) {
  if (!board_.parts.budget) return false;
  review(slots);
  return board_.parts.budget->overdrawn();
}

bool Chooser::affordable(const Trial& trial, std::int64_t until) const {
  return !board_.parts.budget || board_.parts.budget->fits(trial, until);
}

bool Chooser::another_is_affordable() const {
  if (!board_.parts.budget) return true;
  const std::vector<Trial>& trials = board_.trials();
  std::int64_t epochs = 0;
  for (const Trial& trial : trials) epochs = std::max(epochs, trial.epochs);
  if (board_.stopper) {
    epochs = board_.stopper->first_until(static_cast<std::int64_t>(trials.size()));
  }
  return board_.parts.budget->fits_another(epochs);
}

bool Chooser::anything_left_out() const {
  if (!board_.parts.budget) return false;
  const std::vector<Trial>& trials = board_.trials();
  return (board_.parts.roster.adaptive() && !board_.exhausted) ||
         std::ranges::any_of(trials,
                             [](const Trial& trial) { return trial.state == TrialState::waiting; });
}

void Chooser::tell_left_out(int slots) {
  const Budget* const budget = board_.parts.budget;
  if (!budget) return;
  review(slots);
  const std::string left_out = budget->left_out(board_.trials());
  if (!left_out.empty()) board_.parts.tell(left_out);
  if (board_.parts.roster.adaptive() && !board_.exhausted) {
    board_.parts.tell(absl::StrFormat(
        "the budget ended the search before run_cap did (%s); with a larger one the same command "
        "resumes it",
        budget->standing()));
  }
}

}  // namespace r50::sweep
