#include "sweep/control/controller.h"

#include <absl/strings/str_cat.h>

#include <cmath>
#include <limits>

#include "sweep/roster/counts.h"
#include "sweep/trial/trial_folder.h"

namespace r50::sweep {
namespace {

constexpr double look_every = 0.5;  // seconds; an ended child is seen at once

}  // namespace

Controller::Controller(ControllerParts parts)
    : board_(std::move(parts)),
      settler_(board_),
      watcher_(board_, settler_),
      chooser_(board_),
      checkpoints_(board_) {}

Exit Controller::run() {
  Launcher& launcher = board_.parts.launcher;
  board_.know_stopper();
  watcher_.take_up();
  checkpoints_.keep_the_best();  // an earlier controller may have been killed before it could
  for (;;) {
    board_.observed.look();
    // Asked before the trials are looked at: what ends in between is looked at before its room is
    // given away. So with one slot each decision knows all that came before it, and the sweep is
    // the same whatever the timing.
    const int room = launcher.room();
    if (!board_.stopping && board_.parts.stop_wanted()) {
      stop_all("stopping: trials finish their step, save and leave");
    }
    bool moved = look(room);
    if (settler_.all_fail_alike()) {
      watcher_.end_all();
      return Exit::failed;
    }
    if (!board_.stopping && !board_.watches.empty() && chooser_.overdrawn(slots_)) {
      overdrawn_ = true;
      stop_all("the budget is used up (" + board_.parts.budget->standing() +
               "): trials finish their step, save and leave");
    }
    if (!board_.stopping) {
      watcher_.end_hopeless();
      moved |= fill_room(room);
    }
    write_status(board_.stopping ? "stopping" : "running", false);
    const bool idle = board_.watches.empty();
    if (launcher.hands_over() && !moved && !idle) break;
    if (idle && (board_.stopping || !(moved || refused_))) break;
    launcher.wait(moved ? 0 : look_every);
  }
  write_status(board_.watches.empty() ? "ended" : "away", true);
  if (board_.stopping && !overdrawn_) return Exit::interrupted;
  chooser_.tell_left_out(slots_);
  const Counts counts = count(board_.trials());
  return counts.failed == counts.all() && counts.all() > 0 ? Exit::failed : Exit::done;
}

bool Controller::look(int room) {
  bool moved = watcher_.look();
  slots_ = std::max(slots_, room + static_cast<int>(board_.watches.size()));
  moved |= settler_.serve_followers();
  if (moved) checkpoints_.keep_the_best();
  return moved;
}

void Controller::stop_all(const std::string& why) {
  board_.stopping = true;
  board_.parts.tell(why);
  watcher_.end_all();
}

bool Controller::fill_room(int room) {
  refused_ = room <= 0;
  std::vector<Launch> launches;
  std::vector<std::int64_t> numbers;
  while (static_cast<int>(launches.size()) < room) {
    Trial* const trial = chooser_.next(slots_);
    if (!trial) break;
    numbers.push_back(trial->number);
    launches.push_back(prepare(*trial));
  }
  if (launches.empty()) return false;
  std::map<std::string, std::int64_t> by_id;
  for (std::size_t i = 0; i < launches.size(); ++i) by_id[launches[i].id] = numbers[i];
  base::Files& files = board_.parts.files;
  const std::size_t begun =
      board_.parts.launcher.start(launches, [&](const Launch& launch, const std::string& handle) {
        // No process outlives a loss of power: what is lost then is no lease.
        base::replace_whole(files, launch.folder + "/lease", handle + "\n");
        board_.watches[by_id.at(launch.id)].handle = handle;
      });
  refused_ = begun < launches.size();
  for (std::size_t i = begun; i < launches.size(); ++i) {
    files.remove(launches[i].folder + "/lease");
    board_.watches.erase(numbers[i]);
    board_.change(board_.parts.roster.trial(numbers[i]), TrialState::waiting);
  }
  return begun > 0;
}

// Marks it as running, and gives what the launcher needs.
Launch Controller::prepare(Trial& trial) {
  const ControllerParts& parts = board_.parts;
  const std::string folder = board_.folder_of(trial);
  trial.began = parts.clock.wall_seconds();
  if (parts.builds && (trial.builds.empty() || trial.builds.back() != parts.builds->number())) {
    trial.builds.push_back(parts.builds->number());
  }
  parts.files.make_folders(folder);
  parts.files.remove(folder + "/lease");  // of an earlier start
  board_.change(trial, TrialState::running);
  base::replace_whole(parts.files, folder + "/trial.json", trial_json(trial));

  Launch launch{trial.id, folder, parts.where, parts.program};
  launch.argv.insert(launch.argv.end(), trial.words.begin(), trial.words.end());
  launch.argv.insert(launch.argv.end(), parts.words.begin(), parts.words.end());
  for (const char* word : {"--run-dir", folder.c_str()}) launch.argv.emplace_back(word);
  // A finder writes no metrics: its output shows that it lives.
  if (!parts.sweep.finds_rates()) launch.argv.emplace_back("--quiet");
  if (trial.until < trial.epochs) {
    launch.argv.emplace_back("--until");
    launch.argv.push_back(absl::StrCat(trial.begin + trial.until, " epochs"));
  }
  board_.watches[trial.number] = board_.new_watch();
  return launch;
}

void Controller::write_status(const std::string& what, bool now) {
  const ControllerParts& parts = board_.parts;
  const double at = parts.clock.seconds();
  // A sweep of ten thousand trials must not spend its time on writing of them.
  if (!now && at - status_at_ < std::max(1.0, 50 * status_cost_)) return;
  status_at_ = at;
  try {
    base::replace_whole(parts.files, parts.folder + "/status.json",
                        status_json(board_.trials(), parts.sweep, what));
  } catch (const base::FileError& error) {
    parts.tell(absl::StrCat("status.json is behind: ", error.what()));
  }
  status_cost_ = parts.clock.seconds() - at;
}

void Checkpoints::keep_the_best() {
  const ControllerParts& parts = board_.parts;
  std::vector<Trial>& trials = board_.trials();
  give_up_hopeless();
  std::vector<const Trial*> finished;
  for (const Trial& trial : trials) {
    if (trial.state == TrialState::stopped) forget(trial);
    if (trial.state == TrialState::finished && !trial.is_merged_run()) finished.push_back(&trial);
  }
  const auto kept = static_cast<std::size_t>(parts.sweep.keep.best);
  if (finished.size() <= kept) return;
  const double sign = parts.sweep.maximize() ? -1 : 1;
  const auto worth = [&](const Trial* trial) {
    const double value = sign * trial->value.value_or(std::nan(""));
    return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
  };
  std::ranges::stable_sort(finished,
                           [&](const Trial* a, const Trial* b) { return worth(a) < worth(b); });
  for (std::size_t i = kept; i < finished.size(); ++i) forget(*finished[i]);
  // A merged run's are those of all its trials: they stay for the best, and for those not done.
  std::set<std::string> wanted;
  for (std::size_t i = 0; i < kept; ++i) wanted.insert(finished[i]->leader);
  for (const Trial& trial : trials) {
    if (!trial.over()) wanted.insert(trial.leader);
  }
  for (const Trial& trial : trials) {
    const bool done = trial.is_merged_run() && trial.state == TrialState::finished;
    if (done && wanted.count(trial.id) == 0) forget(trial);
  }
}

// Trials at a rung that no later result can promote.
void Checkpoints::give_up_hopeless() {
  if (!board_.stopper) return;
  const std::vector<Trial>& trials = board_.trials();
  const auto waiting = std::ranges::count_if(
      trials, [](const Trial& trial) { return trial.state == TrialState::waiting; });
  const auto begun = static_cast<std::int64_t>(trials.size());
  const bool endless = board_.parts.roster.adaptive() && !board_.exhausted;
  const std::int64_t new_ones =
      endless ? std::max<std::int64_t>(0, board_.parts.sweep.run_cap - begun) : 0;
  for (const std::int64_t number :
       board_.stopper->hopeless(board_.contenders(), waiting + new_ones)) {
    Trial& trial = board_.parts.roster.trial(number);
    if (trial.state != TrialState::paused) continue;
    board_.change(trial, TrialState::stopped,
                  absl::StrCat("not among the best at epoch ", trial.done));
  }
}

// Files in the trial's own folder, by their ending, and no others.
void Checkpoints::forget(const Trial& trial) {
  if (!forgotten_.insert(trial.number).second) return;
  for (const std::string& file : checkpoint_files(board_.parts.files, board_.folder_of(trial))) {
    board_.parts.files.remove(file);
  }
}

}  // namespace r50::sweep
