#include "sweep/verbs/sweep_verbs.h"

#include "r50/error.h"

namespace r50::sweep {
namespace {

struct SweepVerb {
  line::Verb verb;
  int (*run)(const line::Typed&);
};

const std::vector<SweepVerb>& sweep_verbs() {
  static const std::vector<SweepVerb> table = {
      {{"run",
        "FILE.toml",
        "Runs the sweep, or resumes it where it stands.",
        {"slots", "launcher", "take-over", "mixed", "budget"}},
       run_sweep},
      {{"plan",
        "FILE.toml",
        "Checks every trial and estimates the cost of all, before the first one runs.",
        {"slots", "budget", "calibrate"}},
       plan_sweep},
      {{"status", "FILE.toml", "Shows what the trials are doing.", {"json", "watch"}}, show_status},
      {{"report",
        "FILE.toml",
        "Shows which points are best and which differences are real, and writes a page.",
        {"markdown", "csv"}},
       report_sweep},
      {{"best", "FILE.toml", "Prints the best trial's experiment, to be saved as a file.", {}},
       print_best},
      {{"export",
        "FILE.toml",
        "Writes the trials for Optuna, or the sweep for W&B (experimental).",
        {"wandb-yaml", "optuna-journal"}},
       export_sweep},
      {{"stop", "FILE.toml", "Lets all trials finish their step, save and exit.", {"launcher"}},
       stop_sweep},
      {{"retry", "FILE.toml", "Lets failed trials run again.", {}}, retry_failed},
      {{"logs", "FILE.toml TRIAL", "Shows the end of a trial's log.", {}}, show_logs},
  };
  return table;
}

}  // namespace

const line::Program& sweep_program() {
  static const line::Program made = [] {
    line::Program all{
        .name = "r50sweep",
        .usage = "FILE.toml",
        .about =
            "Runs many variants of one experiment, and says which differences are real. The "
            "same\ncommand again resumes it where it was ended.",
        .end =
            "Exit codes: 0 done, 1 failed,\n2 wrong input, 75 interrupted (run the same command "
            "again).",
        .file = "a sweep file",
        .overrides = false,
        .verbs = {},
        .options = {
            {"slots", "N", "this many trials at a time"},
            {"launcher", "KIND",
             "local, slurm, command or kubernetes (experimental), in place of [launcher] kind"},
            {"budget", "40h|$25",
             "start no trial that would exceed this: hours of the clock, or dollars at [launcher] "
             "price_per_hour a slot"},
            {"calibrate", "",
             "measure what no finished run shows: a minute for each kind of trial"},
            {"take-over", "", "treat the trials of another machine as ended"},
            {"mixed", "", "continue with another build of r50run or of a plugin"},
            {"json", "", "as JSON"},
            {"markdown", "", "as Markdown, to be pasted into an issue or a README"},
            {"watch", "", "keep the table up to date until the sweep ends, or Ctrl-C"},
            {"wandb-yaml", "", "print the sweep as a file for wandb sweep (experimental)"},
            {"optuna-journal", "OUT", "write the ended trials as a file that Optuna opens"},
            {"csv", "", "one row a trial, with exact numbers"}}};
    for (const SweepVerb& one : sweep_verbs()) all.verbs.push_back(one.verb);
    return all;
  }();
  return made;
}

int run_sweep_verb(const line::Typed& typed) {
  for (const SweepVerb& one : sweep_verbs()) {
    if (one.verb.name != typed.verb) continue;
    const auto wanted = 1 + std::count(one.verb.arguments.begin(), one.verb.arguments.end(), ' ');
    if (static_cast<std::ptrdiff_t>(typed.words.size()) != wanted) {
      throw WrongInput("write: r50sweep " + one.verb.name + " " + one.verb.arguments);
    }
    return one.run(typed);
  }
  throw Error("r50sweep has no verb '" + typed.verb + "'.");
}

void refuse_unbegun(const OpenedSweep& opened) {
  if (opened.folder.begun()) return;
  throw WrongInput("This sweep has not begun: there is no '" + opened.folder.path() +
                   "'. Start it with: r50sweep " + opened.file.path);
}

}  // namespace r50::sweep
