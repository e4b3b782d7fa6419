#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "base/process.h"
#include "sweep/budget/budget.h"
#include "sweep/control/controller.h"
#include "sweep/forecast/costs.h"
#include "sweep/launch/launcher.h"
#include "sweep/roster/counts.h"
#include "sweep/roster/opened_sweep.h"
#include "sweep/roster/roster.h"
#include "sweep/show/status.h"
#include "sweep/verbs/sweep_verbs.h"

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
  // A reader of the output may leave. A handler, since what is ignored would be so for trials, too.
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
  if (!files.exists(path)) base::write_atomically(files, path, absl::StrCat(cores, "\n"));
  return opened.thread_words(std::max(1, std::atoi(files.read(path).c_str())));
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
  words = concatenated(std::move(words), opened.folder.experiment());
  if (!opened.branch()) return words;
  return concatenated(std::move(words), {"--branch", opened.branch()->checkpoint});
}

// A budget that the second stage alone uses up is a mistake that can be mended as long as nothing
// has run: [confirm] cannot be changed later.
void refuse_without_room(Costs& costs, const std::vector<Trial>& trials,
                         const std::vector<Trial>& confirm, const Limit& limit,
                         const SweepFile& sweep) {
  costs.look_around();
  const MakeupOf build = [&](const Trial& trial) { return costs.makeup(trial); };
  const TrialRates rates({}, {}, build);
  refuse_too_small(
      limit, make_reserve(sweep, trials, confirm, build, rates),
      {.trials = costs.costs_of(trials, rates), .confirm = {}, .slots = costs.site().slots}, sweep);
}

// The verdict, and a page of it. By a process of its own: the charts of ten thousand trials take
// more memory than a controller may.
std::string verdict(const std::string& sweep_file) {
  const base::Finished child = base::run_process({"/proc/self/exe", "report", sweep_file});
  std::string said = child.exit_code == 0 ? child.output : "no report was made: " + child.errors;
  absl::StripTrailingAsciiWhitespace(&said);
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

void tell(const std::string& text) { std::cout << text << std::endl; }

// One start of a sweep, in the order of its steps.
class SweepRun {
 public:
  SweepRun(const line::Typed& typed, bool only_to_stop)
      : typed_(typed),
        only_to_stop_(only_to_stop),
        opened_(typed.words.front()),
        where_(
            std::filesystem::absolute(base::folder_of(sweep_.path)).lexically_normal().string()) {
    if (typed.has("launcher")) opened_.file.launcher.kind = launcher_kind(typed.text("launcher"));
    slots_ = typed.number("slots", static_cast<int>(sweep_.launcher.slots), 1);
    site_ = make_launch_site(sweep_, opened_.folder.path(), where_, slots_, tell);
    example_ = {"check", opened_.folder.path(), where_, {"true"}};
    ask_ = opened_.ask();
    ask_merged_ = opened_.ask_merged();
    const std::string limit = typed.text("budget", sweep_.budget);
    if (!limit.empty()) take_budget(limit);
  }

  int go() {
    const bool begun = opened_.folder.begun();
    check_before_writing(begun);
    open();
    enlist(begun);
    return control();
  }

 private:
  void take_budget(const std::string& text) {
    costs_.emplace(files_, opened_, slots_);
    ask_ = costs_->remembering(ask_);
    if (ask_merged_) ask_merged_ = costs_->remembering(ask_merged_);
    budget_.emplace(checked_limit(text, sweep_.launcher.price_per_hour), sweep_,
                    [this](const Trial& trial) { return costs_->makeup(trial); });
  }

  // Every variant is checked before anything is written.
  void check_before_writing(bool begun) {
    opened_.folder.refuse_others();
    if (begun && !(budget_ && sweep_.confirm.top > 0 && !has_run(opened_.seen_trials()))) return;
    Roster trial_run(sweep_, opened_.seed(), ask_, {});
    const std::vector<Trial> trials =
        trial_run.adaptive() ? check_corners(sweep_, ask_) : trial_run.list_all();
    const std::vector<Trial> confirm = check_confirm(sweep_, trials, ask_, ask_merged_ != nullptr);
    site_.launcher->check(example_);
    if (budget_) refuse_without_room(*costs_, trials, confirm, budget_->limit(), sweep_);
  }

  void open() {
    opened_.folder.open(opened_.r50run ? &*opened_.r50run : nullptr, opened_.environment,
                        opened_.branch() ? &*opened_.branch() : nullptr);
    catch_signals();
    ledger_ = open_ledger(files_, opened_.folder.path(), tell);
    builds_.emplace(files_, opened_.folder.file("builds.json"));
  }

  std::vector<Checked> ask_and_meet(const std::vector<Settings>& variants) {
    std::vector<Checked> answers = ask_(variants);
    answered_.merge(build_of(answers));
    if (started_ && !only_to_stop_) builds_->meet(build_of(answers), typed_.has("mixed"));
    return answers;
  }

  void enlist(bool begun) {
    const Ask ask = [this](const std::vector<Settings>& v) { return ask_and_meet(v); };
    roster_.emplace(sweep_, opened_.seed(), ask, ledger_->trials(), ask_merged_);
    const std::vector<Trial> added =
        roster_->adaptive() ? std::vector<Trial>() : roster_->list_all();
    // A sweep that is over mixes nothing, and needs no cluster.
    const std::vector<Settings> to_run = settings_to_run(sweep_, roster_->trials());
    if (!to_run.empty() && !only_to_stop_) {
      if (begun) site_.launcher->check(example_);  // on another machine, another day
      if (roster_->adaptive()) ask_and_meet(to_run);
      builds_->meet(answered_, typed_.has("mixed"));
    }
    started_ = true;
    ledger_->put(added);
    if (!budget_) return;
    costs_->ask_again(roster_->trials(), opened_.ask());
    if (sweep_.confirm.top > 0) {
      const std::vector<Trial>& known = roster_->trials();
      budget_->expect_second_stage(
          check_confirm(sweep_, known.empty() ? check_corners(sweep_, ask_) : known, ask_));
    }
    costs_->look_around();
  }

  std::ptrdiff_t ended() {
    const std::vector<Trial>& trials = roster_->trials();
    return std::ranges::count_if(trials, [](const Trial& trial) { return trial.over(); });
  }

  int control() {
    tell(opened_.folder.path() + ": " + progress_sentence(roster_->trials(), sweep_));
    SettledLines lines(sweep_);
    Controller controller(
        {.files = files_,
         .clock = base::real_clock(),
         .launcher = *site_.launcher,
         .ledger = *ledger_,
         .sweep = sweep_,
         .roster = *roster_,
         .folder = opened_.folder.path(),
         .where = where_,
         .program = program_words(opened_),
         .words = words_of_threads(opened_, site_.cores),
         .explain =
             [this](const std::vector<std::string>& words) {
               return opened_.r50run->frozen(opened_.folder.experiment(), words);
             },
         .tell = tell,
         .settled = [&](const Trial& t) { tell(lines.line(t, roster_->trials())); },
         .stop_wanted = [this] { return only_to_stop_ || signals_seen > 0; },
         .take_over = typed_.has("take-over"),
         .builds = &*builds_,
         .budget = budget_ ? &*budget_ : nullptr});
    const auto ended_before = ended();
    const Exit exit = controller.run();
    tell(progress_sentence(roster_->trials(), sweep_));
    // A controller that is to leave has no time for a report, and one that had nothing to do has
    // nothing new to report.
    if (exit != Exit::interrupted && ended() > ended_before) tell("\n" + verdict(sweep_.path));
    return static_cast<int>(exit);
  }

  const line::Typed& typed_;
  bool only_to_stop_;
  base::Files& files_ = base::real_files();
  OpenedSweep opened_;
  const SweepFile& sweep_ = opened_.file;
  std::string where_;  // trials run here
  int slots_ = 1;
  LaunchSite site_;
  Launch example_;
  Ask ask_, ask_merged_;
  std::optional<Costs> costs_;
  std::optional<Budget> budget_;
  std::unique_ptr<Ledger> ledger_;
  std::optional<Builds> builds_;
  Build answered_;        // by these builds, so far
  bool started_ = false;  // from here on, an answer of another build is refused at once
  std::optional<Roster> roster_;
};

}  // namespace

int run_sweep(const line::Typed& typed) { return SweepRun(typed, /*only_to_stop=*/false).go(); }

int end_running(const line::Typed& typed) { return SweepRun(typed, /*only_to_stop=*/true).go(); }

}  // namespace r50::sweep
