#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <algorithm>
#include <iostream>

#include "report/format.h"
#include "sweep/budget/budget.h"
#include "sweep/forecast/costs.h"
#include "sweep/roster/counts.h"
#include "sweep/roster/roster.h"
#include "sweep/search/searcher.h"
#include "sweep/show/status.h"
#include "sweep/verbs/sweep_verbs.h"

namespace r50::sweep {
namespace {

const char* const how_known = "It is known once the first trial has ended";

std::string corners_sentence(const SweepFile& sweep, std::size_t shown) {
  return absl::StrFormat(
      "The points depend on results. Checked: %d of the %.6g corners of their space\n\n", shown,
      corners_of(sweep.parameters.space()).all);
}

// "Each trial begins at step 1470 of PATH, with 10 of its epochs trained. Below are its own."
std::string branch_sentence(const Branch& branch, const std::vector<Trial>& trials) {
  const auto [least, most] =
      std::minmax_element(trials.begin(), trials.end(),
                          [](const Trial& a, const Trial& b) { return a.begin < b.begin; });
  const std::string epochs = least->begin == most->begin
                                 ? absl::StrCat(least->begin)
                                 : absl::StrCat(least->begin, " to ", most->begin);
  return absl::StrFormat(
      "Each trial begins at step %d, where %s stands. %s epochs are the parent's; the epochs below "
      "are the trials' own.\n\n",
      branch.step, branch.checkpoint, epochs);
}

// Of a search, whose trials are not known yet, each is as long as the longest corner.
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

std::vector<Trial> all_but(std::vector<Trial> trials, bool (Trial::*is)() const) {
  std::erase_if(trials, [&](const Trial& trial) { return (trial.*is)(); });
  return trials;
}

// "Trials 0, 1 differ only in their averages: run 2 trains them together."
std::string merged_text(const std::vector<Trial>& trials) {
  std::string text;
  for (const Trial& run : trials) {
    if (!run.is_merged_run()) continue;
    std::vector<std::int64_t> members;
    for (const Trial& trial : trials) {
      if (trial.leader == run.id) members.push_back(trial.number);
    }
    absl::StrAppendFormat(&text,
                          "Trials %s differ only in their averages: run %d trains them "
                          "together.\n",
                          absl::StrJoin(members, ", "), run.number);
  }
  return text.empty() ? "" : text + "\n";
}

std::string saved_sentence(const SweepCost& merged, std::vector<TrialCost> whole) {
  SweepCost alone = merged;
  alone.trials = std::move(whole);
  alone.merged = 0;
  const auto seconds = slot_seconds(merged), without = slot_seconds(alone);
  if (merged.merged == 0 || !seconds || !without) return "";
  return "training them together saves " + report::duration(*without - *seconds) + " of " +
         report::duration(*without) + "\n";
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

void print_budget(const Limit& limit, const Reserve& reserve, const SweepCost& cost,
                  const std::vector<Trial>& trials, const SweepFile& sweep) {
  if (!slot_seconds(cost)) {
    std::cout << "budget " << limit.text << ": how many trials fit is unknown\n";
    return;
  }
  const std::vector<std::size_t> order =
      cost.longest ? std::vector<std::size_t>() : budget_order(sweep, trials);
  SweepCost ordered = cost;
  for (std::size_t i = 0; i < order.size(); ++i) ordered.trials[i] = cost.trials[order[i]];
  const double price = sweep.launcher.price_per_hour;
  const double reserved = reserve.use(limit, cost.slots, price);
  const auto fit = within(without(limit, reserved), ordered, price);
  std::cout << "budget " << limit.text << ": ";
  if (reserved > 0) {
    std::cout << absl::StrFormat(
        "%s reserved for the second stage (1.05 x %d runs x %.0f images x %.3g s%s); ",
        use_text(limit, reserved), reserve.runs, reserve.images, *reserve.image_seconds,
        limit.dollars > 0 ? "" : absl::StrFormat(" / %d slots", cost.slots));
  }
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
  Ask ask_merged = opened.ask_merged();
  const bool merges = ask_merged != nullptr;
  if (merges) ask_merged = costs.remembering(ask_merged);
  Roster roster(sweep, opened.seed(), ask, {}, std::move(ask_merged));
  const bool adaptive = roster.adaptive();
  const std::vector<Trial> trials = adaptive ? check_corners(sweep, ask) : roster.list_all();
  const std::vector<Trial> confirm = check_confirm(sweep, trials, ask, merges);
  if (opened.branch()) std::cout << branch_sentence(*opened.branch(), trials);
  if (adaptive) std::cout << corners_sentence(sweep, trials.size());
  std::cout << trial_table(trials, sweep) << "\n" << merged_text(trials) << std::flush;

  costs.look_around();
  if (typed.has("calibrate")) {
    costs.calibrate([](const std::string& text) { std::cout << text << std::endl; });
  }
  const MakeupOf build = [&](const Trial& trial) { return costs.makeup(trial); };
  const TrialRates rates(opened.seen_trials(), {}, build);
  // What is trained: of several trials that are one run, that run.
  const std::vector<Trial> runs = all_but(trials, &Trial::follows);
  SweepCost cost{.trials = costs.costs_of(runs, rates),
                 .merged = count(trials).all() - static_cast<std::int64_t>(runs.size()),
                 .confirm = costs.costs_of(confirm, rates),
                 .slots = costs.site().slots};
  // As if each trial were a run of its own.
  const std::vector<TrialCost> whole =
      costs.costs_of(all_but(trials, &Trial::is_merged_run), rates);
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
  std::cout << "\n" << saved_sentence(cost, whole);
  if (!slot_seconds(cost)) print_unknown(costs, opened);
  if (!limit) return 0;
  std::cout << std::flush;
  const Reserve reserve = make_reserve(sweep, trials, confirm, build, rates);
  if (!has_run(opened.seen_trials())) refuse_too_small(*limit, reserve, by_themselves, sweep);
  print_budget(*limit, reserve, cost, runs, sweep);
  return 0;
}

}  // namespace r50::sweep
