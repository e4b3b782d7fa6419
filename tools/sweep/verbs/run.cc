#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "base/process.h"
#include "sweep/budget/reserve.h"
#include "sweep/control/controller.h"
#include "sweep/forecast/costs.h"
#include "sweep/launch/make.h"
#include "sweep/roster/corners.h"
#include "sweep/roster/opened_sweep.h"
#include "sweep/roster/progress.h"
#include "sweep/show/trial_table.h"
#include "sweep/show/watch.h"
#include "sweep/verbs/verbs.h"

namespace r50::sweep {
namespace {

volatile std::sig_atomic_t signals_seen = 0;

void note_signal(int) { signals_seen = signals_seen + 1; }

// No SA_RESTART: a wait ends at once.
void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = note_signal;
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    struct sigaction before = {};
    ::sigaction(number, nullptr, &before);
    // nohup ignores SIGHUP on purpose.
    if (before.sa_handler != SIG_IGN) ::sigaction(number, &action, nullptr);
  }
  // Whoever read along may leave. A handler, since what is ignored would be so for trials too.
  action.sa_handler = [](int) {};
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGPIPE, &action, nullptr);
}

// Cores and slots are frozen when the sweep begins: on how many threads a trial computes is a part
// of its bits.
std::vector<std::string> words_of_threads(const OpenedSweep& opened, int cores) {
  if (!opened.r50run) return {};
  const std::string path = opened.folder.file("threads");
  base::Files& files = base::real_files();
  if (!files.exists(path)) base::write_atomically(files, path, std::to_string(cores) + "\n");
  const std::string number = std::to_string(std::max(1, std::atoi(files.read(path).c_str())));
  std::vector<std::string> words;
  const std::vector<std::string> swept = opened.file.parameters.keys();
  for (const char* key : {"run.threads", "data.threads"}) {
    if (std::find(swept.begin(), swept.end(), key) == swept.end()) {
      words.push_back(std::string(key) + "=" + number);
    }
  }
  return words;
}

std::vector<Settings> settings_to_run(const SweepFile& sweep, const std::vector<Trial>& trials) {
  std::vector<Settings> all;
  for (const Trial& trial : trials) {
    if (!trial.over() && !trial.is_merged_run()) all.push_back(sweep.parameters.settings(trial.at));
  }
  return all;
}

std::vector<std::string> program_words(const OpenedSweep& opened) {
  std::vector<std::string> words = opened.file.launcher.program;
  if (opened.r50run) words = {r50run_program()};
  if (opened.file.finds_rates()) words.emplace_back("find-lr");
  words.push_back(opened.folder.experiment());
  return words;
}

// A budget that the second stage alone uses up is a mistake that can be mended as long as nothing
// has run: [confirm] cannot be changed later.
void refuse_without_room(Costs& costs, const std::vector<Trial>& trials,
                         const std::vector<Trial>& confirm, const Limit& limit,
                         const SweepFile& sweep) {
  costs.look_around();
  const MakeupOf build = [&](const Trial& trial) { return costs.makeup(trial); };
  const Rates rates({}, {}, build);
  refuse_too_small(limit,
                   {.trials = costs.costs_of(trials, rates),
                    .confirm = costs.costs_of(confirm, rates),
                    .slots = costs.site().slots},
                   sweep);
}

// The verdict, and a page of it. By a process of its own: the charts of ten thousand trials take
// more memory than a controller may.
std::string verdict(const std::string& sweep_file) {
  const base::Finished child = base::run_process({"/proc/self/exe", "report", sweep_file});
  std::string said = child.exit_code == 0 ? child.output : "no report was made: " + child.errors;
  while (!said.empty() && said.back() == '\n') said.pop_back();
  return said;
}

// What the trials differ in is looked for again when there are more of them.
class SettledLines {
 public:
  explicit SettledLines(const SweepFile& sweep) : sweep_(sweep) {}
  std::string line(const Trial& trial, const std::vector<Trial>& all) {
    if (!words_ || trials_ != all.size()) words_.emplace(all);
    trials_ = all.size();
    return change_line(trial, base::real_clock().seconds() - began_, *words_, sweep_);
  }

 private:
  const SweepFile& sweep_;
  double began_ = base::real_clock().seconds();
  std::size_t trials_ = 0;
  std::optional<VariedWords> words_;
};

int go_on(const line::Typed& typed, bool only_to_stop) {
  const auto tell = [](const std::string& text) { std::cout << text << std::endl; };
  base::Files& files = base::real_files();
  OpenedSweep opened(typed.words.front());
  if (typed.has("launcher")) {
    opened.file.launcher.kind = launcher_kind(typed.text("launcher"));
  }
  const SweepFile& sweep = opened.file;
  const std::string where =
      std::filesystem::absolute(base::folder_of(sweep.path)).lexically_normal().string();
  const int slots = typed.number("slots", static_cast<int>(sweep.launcher.slots), 1);
  const LaunchSite site = make_launch_site(sweep, opened.folder.path(), where, slots, tell);
  const Launch example{"check", opened.folder.path(), where, {"true"}};
  const std::string limit = typed.text("budget", sweep.budget);
  std::optional<Costs> costs;
  std::optional<Budget> budget;
  Limit checked;
  Ask ask_merged = opened.ask_merged();
  const bool merges = ask_merged != nullptr;
  Ask asked = opened.ask();
  if (!limit.empty()) {
    costs.emplace(files, opened, slots);
    asked = costs->remembering(asked);
    checked = checked_limit(limit, sweep.launcher.price_per_hour);
    if (merges) ask_merged = costs->remembering(ask_merged);
    const auto ask_of_second = [&](const std::vector<Settings>& variants) {
      std::vector<Checked> answers = asked(variants);
      costs->look_for_new_kinds();
      return answers;
    };
    budget.emplace(
        checked, sweep, [&](const Trial& trial) { return costs->makeup(trial); }, ask_of_second,
        merges);
  }
  // Every variant is checked before anything is written.
  opened.folder.refuse_others();
  const bool begun = opened.folder.begun();
  if (!begun || (budget && sweep.confirm.top > 0 && !has_run(opened.seen_trials()))) {
    Roster trial_run(sweep, opened.seed(), asked, {});
    const std::vector<Trial> trials =
        trial_run.adaptive() ? check_corners(sweep, asked) : trial_run.list_all();
    const std::vector<Trial> confirm = check_confirm(sweep, trials, asked, merges);
    site.launcher->check(example);
    if (budget) refuse_without_room(*costs, trials, confirm, checked, sweep);
  }
  opened.folder.open(opened.r50run ? &*opened.r50run : nullptr, opened.environment);
  catch_signals();
  const auto ledger = open_ledger(files, opened.folder.path(), tell);
  Builds builds(files, opened.folder.file("builds.json"));
  Build heard;
  bool started = false;
  const auto ask = [&](const std::vector<Settings>& variants) {
    std::vector<Checked> answers = asked(variants);
    heard.merge(build_of(answers));
    if (started && !only_to_stop) builds.meet(build_of(answers), typed.has("mixed"));
    return answers;
  };
  Roster roster(sweep, opened.seed(), ask, ledger->trials(), std::move(ask_merged));
  const std::vector<Trial> added = roster.adaptive() ? std::vector<Trial>() : roster.list_all();
  // A sweep that is over mixes nothing, and needs no cluster.
  const std::vector<Settings> to_run = settings_to_run(sweep, roster.trials());
  if (!to_run.empty() && !only_to_stop) {
    if (begun) site.launcher->check(example);  // on another machine, another day
    if (roster.adaptive()) ask(to_run);
    builds.meet(heard, typed.has("mixed"));
  }
  started = true;
  ledger->put(added);
  if (budget) {
    costs->ask_again(roster.trials(), opened.ask());
    costs->look_around();
  }

  tell(opened.folder.path() + ": " + progress_sentence(roster.trials(), sweep));
  SettledLines lines(sweep);
  Controller controller(
      {.files = files,
       .clock = base::real_clock(),
       .launcher = *site.launcher,
       .ledger = *ledger,
       .sweep = sweep,
       .roster = roster,
       .folder = opened.folder.path(),
       .where = where,
       .program = program_words(opened),
       .words = words_of_threads(opened, site.cores),
       .explain =
           [&opened](const std::vector<std::string>& words) {
             return opened.r50run->frozen(opened.folder.experiment(), words);
           },
       .tell = tell,
       .settled = [&](const Trial& trial) { tell(lines.line(trial, roster.trials())); },
       .stop_wanted = [only_to_stop] { return only_to_stop || signals_seen > 0; },
       .take_over = typed.has("take-over"),
       .builds = &builds,
       .budget = budget ? &*budget : nullptr});
  const auto ended = [&] {
    return std::count_if(roster.trials().begin(), roster.trials().end(),
                         [](const Trial& trial) { return trial.over(); });
  };
  const auto ended_before = ended();
  const Exit exit = controller.run();
  tell(progress_sentence(roster.trials(), sweep));
  // Who was told to leave has no time for it, and who had nothing to do nothing new to say.
  if (exit != Exit::interrupted && ended() > ended_before) tell("\n" + verdict(sweep.path));
  return static_cast<int>(exit);
}

}  // namespace

int run_sweep(const line::Typed& typed) { return go_on(typed, /*only_to_stop=*/false); }

int end_running(const line::Typed& typed) { return go_on(typed, /*only_to_stop=*/true); }

}  // namespace r50::sweep
