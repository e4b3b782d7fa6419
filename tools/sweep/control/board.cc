#include "sweep/control/controller.h"

namespace r50::sweep {
namespace {

std::unique_ptr<Stopper> make_stopper(const StopTable& stop, std::int64_t epochs) {
  const Rungs rungs{stop.min_iter, stop.eta, epochs};
  switch (stop.type) {
    case StopRule::asha:
      return asha(rungs);
    case StopRule::hyperband:
      return hyperband(rungs);
    case StopRule::median:
      return median_rule(epochs, stop.min_iter, stop.min_trials);
    case StopRule::none:
      break;
  }
  return no_stopping(epochs);
}

Contender::State contender_state(TrialState state) {
  switch (state) {
    case TrialState::paused:
      return Contender::State::paused;
    case TrialState::finished:
      return Contender::State::finished;
    case TrialState::stopped:
      return Contender::State::stopped;
    case TrialState::failed:
      return Contender::State::failed;
    default:
      return Contender::State::running;
  }
}

}  // namespace

Facts Board::facts_of(const Trial& trial) const {
  Facts facts = read_facts(parts.files, folder_of(trial), parts.sweep.metric.name);
  // A branch's record begins with its parent's rows. They are no work of the trial.
  facts.epochs = std::max<std::int64_t>(0, facts.epochs - trial.begin);
  std::erase_if(facts.reports, [&](const EpochValue& one) { return one.epoch <= trial.begin; });
  for (EpochValue& one : facts.reports) one.epoch -= trial.begin;
  return facts;
}

Watch Board::new_watch() const {
  Watch watch;
  watch.begun = parts.clock.seconds();
  watch.since = watch.moved = observed.seconds();
  return watch;
}

void Board::end(Watch& watch, Launcher::How how) {
  parts.launcher.end(watch.handle, how);
  watch.asked = observed.seconds();
}

void Board::know_stopper() {
  if (stopper || trials().empty()) return;
  std::int64_t epochs = 1;
  // Without the second stage and its merged runs, which may be longer and are not there at the
  // first start.
  for (const Trial& trial : trials()) {
    if (trial.stage.empty()) epochs = std::max(epochs, trial.epochs);
  }
  // The same rungs whichever trials there are yet, before a kill and after it.
  if (parts.roster.adaptive()) {
    epochs = std::max(trials().front().epochs, longest_epochs(parts.sweep.parameters));
  }
  stopper = make_stopper(parts.sweep.stop, epochs);
}

std::int64_t Board::rung_of(const Trial& trial) const {
  return stopper && trial.stage.empty() ? stopper->rung_at(trial.number, trial.done) : 0;
}

std::vector<Contender> Board::contenders() const {
  std::vector<Contender> all;
  const double sign = parts.sweep.maximize() ? -1 : 1;
  for (const Trial& trial : trials()) {
    // One that waits to be resumed after a fault holds its place among the others.
    const bool begun = trial.state != TrialState::waiting || trial.until > 0;
    if (!trial.stage.empty() || !begun) continue;
    Contender one{trial.number, contender_state(trial.state), {}, trial.until};
    const auto found = reports.find(trial.number);
    if (found != reports.end()) {
      for (const EpochValue& report : found->second) {
        one.reports.push_back({report.epoch, sign * report.value});
      }
    }
    all.push_back(std::move(one));
  }
  return all;
}

void Board::change(Trial& trial, TrialState state, const std::string& message) {
  const TrialState was = trial.state;
  trial.state = state;
  trial.message = message;
  parts.ledger.put(trial);
  // The user knows of a trial that waits at a rung. That it is not promoted is no news.
  const bool news = state == TrialState::paused || (trial.over() && was != TrialState::paused);
  if (parts.settled && news && !trial.is_merged_run()) parts.settled(trial);
  if (trial.over()) {
    base::replace_whole(parts.files, folder_of(trial) + "/trial.json", trial_json(trial));
  }
}

}  // namespace r50::sweep
