#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>

#include "report/format.h"
#include "sweep/control/progress.h"
#include "sweep/cost/corners.h"
#include "sweep/cost/costs.h"
#include "sweep/cost/order.h"
#include "sweep/cost/reserve.h"
#include "sweep/search/searcher.h"
#include "sweep/show/shared_text.h"
#include "sweep/show/trial_table.h"
#include "sweep/verbs/verbs.h"

namespace r50::sweep {
namespace {

const char* const how_known = "It is known once the first trial is through";

std::string corners_sentence(const SweepFile& sweep, std::size_t shown) {
  const double all = corners_of(sweep.parameters.space()).all;
  char text[160];
  std::snprintf(text, sizeof text,
                "The points depend on results. Checked: %zu of the %.6g corners of their space\n\n",
                shown, all);
  return text;
}

// Of a search, whose trials nobody knows yet, each is as long as the longest corner.
std::vector<TrialCost> longest_of(const std::vector<TrialCost>& corners, std::int64_t count) {
  TrialCost longest = corners.front();
  for (const TrialCost& one : corners) {
    longest.epochs = std::max(longest.epochs, one.epochs);
    for (auto figure :
         {&TrialCost::seconds, &TrialCost::bytes_running, &TrialCost::bytes_resting}) {
      if (!(one.*figure) || !(longest.*figure)) {
        longest.*figure = std::nullopt;
      } else {
        longest.*figure = std::max(*(one.*figure), *(longest.*figure));
      }
    }
  }
  return std::vector<TrialCost>(static_cast<std::size_t>(count), longest);
}

// Those that are trained: of several that are one run, that run.
std::vector<Trial> runs_of(const std::vector<Trial>& trials) {
  std::vector<Trial> runs;
  std::copy_if(trials.begin(), trials.end(), std::back_inserter(runs),
               [](const Trial& trial) { return !trial.follows(); });
  return runs;
}

// Of trials that train all of their epochs themselves.
std::vector<TrialCost> whole_of(const std::vector<Trial>& trials, const Costs& costs,
                                const Rates& rates) {
  std::vector<TrialCost> all;
  for (const Trial& trial : trials) {
    if (!trial.is_merged_run()) {
      all.push_back(costs.cost(trial, rates, static_cast<double>(trial.epochs)));
    }
  }
  return all;
}

std::string saved_sentence(const SweepCost& shared, std::vector<TrialCost> whole, bool early) {
  if (shared.longest) return "";
  SweepCost alone = shared;
  alone.trials = std::move(whole);
  alone.merged = 0;
  const auto seconds = slot_seconds(shared), without = slot_seconds(alone);
  if (!seconds || !without || *seconds >= 0.999 * *without) return "";
  return "what is trained once saves " + report::duration(*without - *seconds) + " of the " +
         report::duration(*without) + " that the trials would take each by itself" +
         (early ? " and to their ends\n" : "\n");
}

void print_unknown(const Costs& costs, const OpenedSweep& opened) {
  const std::vector<std::string> kinds = costs.unknown();
  if (kinds.empty()) {
    std::cout << how_known << ".\n";
    return;
  }
  std::cout << "No finished run of equal model, size, batch and device lies in runs/ for:\n";
  for (const std::string& kind : kinds) std::cout << "  " << kind << "\n";
  std::cout << how_known;
  if (costs.site().place && !costs.site().place->shared) {
    std::cout << ", or now, in a minute for each of these: r50sweep plan --calibrate "
              << opened.file.path;
  }
  std::cout << "\n";
}

void print_budget(const Limit& limit, const SweepCost& cost, const std::vector<Trial>& trials,
                  const SweepFile& sweep) {
  if (!slot_seconds(cost)) {
    std::cout << "budget " << limit.text << ": how many trials fit is unknown\n";
    return;
  }
  const std::vector<std::size_t> order =
      cost.longest ? std::vector<std::size_t>() : budget_order(sweep, trials);
  SweepCost ordered = cost;
  for (std::size_t i = 0; i < order.size(); ++i) ordered.trials[i] = cost.trials[order[i]];
  const double price = sweep.launcher.price_per_hour;
  const double kept = reserve_margin * second_stage_use(limit, cost, price).value_or(0);
  const auto fit = within(without(limit, kept), ordered, price);
  std::cout << "budget " << limit.text << ": ";
  if (kept > 0) std::cout << use_text(limit, kept) << " kept back for the second stage; ";
  std::cout << fit.size() << " of the " << cost.trials.size() << " trials fit"
            << (fit.size() < cost.trials.size() ? "" : ", which is all") << "\n";
  if (order.empty() || fit.size() == order.size()) return;
  std::cout << "left out: trials";
  std::vector<bool> begun(order.size(), false);
  for (const std::size_t place : fit) begun[place] = true;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (!begun[i]) std::cout << " " << trials[order[i]].number;
  }
  std::cout << "\n";
}

}  // namespace

int plan_sweep(const line::Typed& typed) {
  OpenedSweep opened(typed.words.front());
  opened.folder.refuse_others();
  const SweepFile& sweep = opened.file;
  std::optional<Limit> limit;
  const std::string typed_limit = typed.text("budget", sweep.budget);
  if (!typed_limit.empty()) limit = checked_limit(typed_limit, sweep.launcher.price_per_hour);
  Costs costs(base::real_files(), opened,
              typed.number("slots", static_cast<int>(sweep.launcher.slots), 1));
  const Ask ask = costs.remembering(opened.ask());
  const bool alone = opened.sharing_is_off(typed.has("no-sharing"));
  Sharing sharing = opened.sharing(alone);
  const bool shares = sharing.pasts != nullptr;
  sharing.check = costs.remembering(sharing.check);
  Roster roster(sweep, opened.seed(), ask, {}, std::move(sharing));
  const bool adaptive = roster.adaptive();
  const std::vector<Trial> trials = adaptive ? check_corners(sweep, ask) : roster.list_all();
  const std::vector<Trial> confirm = check_confirm(sweep, trials, ask, shares);
  if (adaptive) std::cout << corners_sentence(sweep, trials.size());
  std::cout << trial_table(trials, sweep) << "\n" << sharing_text(trials, sweep);
  if (!adaptive && !alone) std::cout << unshared_text(trials, sweep);
  std::cout << std::flush;

  costs.look_around();
  if (typed.has("calibrate")) {
    costs.calibrate([](const std::string& text) { std::cout << text << std::endl; });
  }
  const MakeupOf build = [&](const Trial& trial) { return costs.makeup(trial); };
  const Rates rates(opened.seen_trials(), {}, build);
  const std::vector<Trial> runs = runs_of(trials);
  const EpochCounts epochs = count_epochs(trials);
  SweepCost cost{.trials = costs.costs_of(runs, rates),
                 .merged = count(trials).all() - static_cast<std::int64_t>(runs.size()),
                 .confirm = costs.costs_of(confirm, rates),
                 .slots = costs.site().slots,
                 .shared = epochs.trained < epochs.all};
  const std::vector<TrialCost> whole = whole_of(trials, costs, rates);
  SweepCost by_themselves = cost;  // as a run sees them before it begins
  by_themselves.trials = whole;
  if (adaptive) {
    cost.trials = longest_of(cost.trials, sweep.run_cap);
    cost.longest = true;
  }
  std::cout << cost_sentence(cost, sweep);
  const std::string source = costs.source();
  if (slot_seconds(cost)) {
    std::cout << " (" << (source.empty() ? "from this sweep's own trials" : source) << ")";
  }
  std::cout << "\n" << saved_sentence(cost, whole, sweep.stop.type != StopRule::none);
  if (!slot_seconds(cost)) print_unknown(costs, opened);
  if (!limit) return 0;
  std::cout << std::flush;
  if (!has_run(opened.seen_trials())) refuse_too_small(*limit, by_themselves, sweep);
  print_budget(*limit, cost, runs, sweep);
  return 0;
}

}  // namespace r50::sweep
