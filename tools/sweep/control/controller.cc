#include "sweep/control/controller.h"

#include <algorithm>
#include <cmath>

#include "sweep/roster/progress.h"

namespace r50::sweep {
namespace {

constexpr double look_every = 0.5;  // seconds; an ended child is seen at once

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

Controller::Controller(ControllerParts parts) : parts_(std::move(parts)), observed_(parts_.clock) {}

Exit Controller::run() {
  know_stopper();
  take_up_running();
  keep_the_best();  // an earlier controller may have been killed before it could
  for (;;) {
    observed_.look();
    // Asked before the trials are looked at: what ends in between is looked at before its room is
    // given away. So with one slot each decision knows all that came before it, and the sweep is
    // the same whatever the timing.
    const int room = parts_.launcher.room();
    if (!stopping_ && parts_.stop_wanted()) {
      stop_all("stopping: trials finish their step, save and leave");
    }
    bool moved = look_at_running();
    slots_ = std::max(slots_, room + static_cast<int>(watches_.size()));
    moved |= serve_followers();
    if (moved) keep_the_best();
    if (all_fail_alike()) return Exit::failed;
    end_overdrawn();
    if (!stopping_) {
      end_hopeless();
      moved |= fill_room(room);
    }
    write_status(stopping_ ? "stopping" : "running", false);
    if (parts_.launcher.hands_over() && !moved && !watches_.empty()) break;
    if (watches_.empty() && (stopping_ || !(moved || refused_))) break;
    parts_.launcher.wait(moved ? 0 : look_every);
  }
  write_status(watches_.empty() ? "ended" : "away", true);
  if (stopping_ && !overdrawn_) return Exit::interrupted;
  tell_left_out();
  const Counts counts = count(parts_.roster.trials());
  return counts.failed == counts.all() && counts.all() > 0 ? Exit::failed : Exit::done;
}

void Controller::stop_all(const std::string& why) {
  stopping_ = true;
  parts_.tell(why);
  for (auto& [number, watch] : watches_) {
    parts_.launcher.end(watch.handle, Launcher::How::gently);
    watch.asked = observed_.seconds();
  }
}

std::vector<Contender> Controller::contenders() const {
  std::vector<Contender> all;
  const double sign = parts_.sweep.maximize() ? -1 : 1;
  for (const Trial& trial : parts_.roster.trials()) {
    // One that waits to go on after a fault holds its place among those that it is compared with.
    const bool begun = trial.state != TrialState::waiting || trial.until > 0;
    if (!trial.stage.empty() || !begun) continue;
    Contender one{trial.number, contender_state(trial.state), {}, trial.until};
    const auto found = reports_.find(trial.number);
    if (found != reports_.end()) {
      for (const Report& report : found->second) {
        one.reports.push_back({report.epoch, sign * report.value});
      }
    }
    all.push_back(std::move(one));
  }
  return all;
}

void Controller::change(Trial& trial, TrialState state, const std::string& message) {
  const TrialState was = trial.state;
  trial.state = state;
  trial.message = message;
  parts_.ledger.put(trial);
  // Who waits at a rung has been told of, and that it will not go on is no news.
  const bool news = state == TrialState::paused || (trial.over() && was != TrialState::paused);
  if (parts_.settled && news && !trial.is_merged_run()) parts_.settled(trial);
  if (trial.over()) {
    base::replace_whole(parts_.files, folder_of(trial) + "/trial.json", trial_json(trial));
  }
}

bool Controller::fill_room(int room) {
  refused_ = room <= 0;
  std::vector<Launch> launches;
  std::vector<std::int64_t> numbers;
  while (static_cast<int>(launches.size()) < room) {
    Trial* const trial = next_to_start();
    if (!trial) break;
    numbers.push_back(trial->number);
    launches.push_back(prepare(*trial));
  }
  if (launches.empty()) return false;
  std::map<std::string, std::int64_t> by_id;
  for (std::size_t i = 0; i < launches.size(); ++i) by_id[launches[i].id] = numbers[i];
  const std::size_t begun =
      parts_.launcher.start(launches, [&](const Launch& launch, const std::string& handle) {
        // No process outlives a loss of power: what is lost then is no lease.
        base::replace_whole(parts_.files, launch.folder + "/lease", handle + "\n");
        watches_[by_id.at(launch.id)].handle = handle;
      });
  refused_ = begun < launches.size();
  for (std::size_t i = begun; i < launches.size(); ++i) {
    parts_.files.remove(launches[i].folder + "/lease");
    watches_.erase(numbers[i]);
    change(parts_.roster.trial(numbers[i]), TrialState::waiting);
  }
  return begun > 0;
}

void Controller::know_stopper() {
  const std::vector<Trial>& trials = parts_.roster.trials();
  if (stopper_ || trials.empty()) return;
  std::int64_t epochs = 1;
  // Without the second stage and its merged runs, which may be longer and are not there at the
  // first start.
  for (const Trial& trial : trials) {
    if (trial.stage.empty()) epochs = std::max(epochs, trial.epochs);
  }
  // The same rungs whichever trials there are yet, before a kill and after it.
  if (parts_.roster.adaptive()) {
    epochs = std::max(trials.front().epochs, longest_epochs(parts_.sweep.parameters));
  }
  stopper_ = make_stopper(parts_.sweep.stop, epochs);
}

Trial* Controller::promoted(const std::optional<Stopper::Promotion>& promotion) {
  if (!promotion) return nullptr;
  Trial& trial = parts_.roster.trial(promotion->number);
  if (!affordable(trial, promotion->until)) return nullptr;
  trial.until = promotion->until;
  return &trial;
}

// What was under way goes on first: it was chosen already, and a fault or a killed controller is
// not to change the order. Then promotions: what has been trained is worth more than what has not.
// Then what waits; then new points; the second stage once all is over.
Trial* Controller::next_to_start() {
  review_budget();
  std::vector<Trial>& trials = parts_.roster.trials();
  know_stopper();
  for (Trial& trial : trials) {
    if (trial.state != TrialState::waiting || trial.until == 0) continue;
    if (affordable(trial, trial.until)) return &trial;
  }
  if (stopper_) {
    if (Trial* const trial = promoted(stopper_->promote(contenders()))) return trial;
  }
  if (Trial* const waiting = next_waiting()) return waiting;
  if (parts_.roster.adaptive() && !exhausted_ && another_is_affordable()) {
    const std::vector<Trial> added = parts_.roster.next();
    if (added.empty()) exhausted_ = true;
    parts_.ledger.put(added);
    if (!added.empty()) return next_to_start();
  }
  if (!watches_.empty()) return nullptr;
  if (stopper_) {
    if (Trial* const trial = promoted(stopper_->promote_at_end(contenders()))) return trial;
  }
  return choose_second_stage() ? next_to_start() : nullptr;
}

// Marks it as running, and gives what the launcher needs.
Launch Controller::prepare(Trial& trial) {
  const std::string folder = folder_of(trial);
  trial.until = way_of(trial);
  trial.began = parts_.clock.wall_seconds();
  if (parts_.builds && (trial.builds.empty() || trial.builds.back() != parts_.builds->number())) {
    trial.builds.push_back(parts_.builds->number());
  }
  parts_.files.make_folders(folder);
  parts_.files.remove(folder + "/lease");  // of an earlier start
  change(trial, TrialState::running);
  base::replace_whole(parts_.files, folder + "/trial.json", trial_json(trial));

  Launch launch{trial.id, folder, parts_.where, parts_.program};
  launch.argv.insert(launch.argv.end(), trial.words.begin(), trial.words.end());
  launch.argv.insert(launch.argv.end(), parts_.words.begin(), parts_.words.end());
  for (const char* word : {"--run-dir", folder.c_str()}) launch.argv.emplace_back(word);
  // A finder writes no metrics: what it says is how its life is known.
  if (!parts_.sweep.finds_rates()) launch.argv.emplace_back("--quiet");
  if (trial.until < trial.epochs) {
    launch.argv.emplace_back("--until");
    launch.argv.push_back(std::to_string(trial.until) + " epochs");
  }
  watches_[trial.number] = new_watch();
  return launch;
}

Controller::Watch Controller::new_watch() const {
  Watch watch;
  watch.begun = parts_.clock.seconds();
  watch.since = watch.moved = observed_.seconds();
  return watch;
}

std::int64_t Controller::rung_of(const Trial& trial) const {
  return stopper_ && trial.stage.empty() ? stopper_->rung_at(trial.number, trial.done) : 0;
}

void Controller::end_hopeless() {
  if (parts_.sweep.stop.type != StopRule::median || !stopper_) return;
  const std::vector<Contender> all = contenders();
  for (const Contender& one : all) {
    const auto watch = watches_.find(one.number);
    if (watch == watches_.end() || watch->second.asked || !stopper_->ends(one, all)) continue;
    Trial& trial = parts_.roster.trial(one.number);
    trial.message = "below the median of the others";
    parts_.ledger.put(trial);
    watch->second.asked = observed_.seconds();
    parts_.launcher.end(watch->second.handle, Launcher::How::gently);
  }
}

void Controller::write_status(const std::string& what, bool now) {
  const double at = parts_.clock.seconds();
  // A sweep of ten thousand trials must not spend its time on telling of them.
  if (!now && at - status_at_ < std::max(1.0, 50 * status_cost_)) return;
  status_at_ = at;
  try {
    base::replace_whole(parts_.files, parts_.folder + "/status.json",
                        status_json(parts_.roster.trials(), parts_.sweep, what));
  } catch (const base::FileError& error) {
    parts_.tell(std::string("status.json is behind: ") + error.what());
  }
  status_cost_ = parts_.clock.seconds() - at;
}

}  // namespace r50::sweep
