#include "sweep/show/status.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include "report/format.h"
#include "report/text_table.h"
#include "sweep/roster/counts.h"
#include "sweep/show/varied_words.h"

namespace r50::sweep {
namespace {

std::string filled(const std::string& text, std::size_t width) {
  const std::size_t taken = report::columns(text);
  return text + std::string(width > taken ? width - taken : 0, ' ');
}

std::string what_it_sets(const Trial& trial, const std::vector<Trial>& trials,
                         const VariedWords& varied) {
  if (!trial.is_merged_run()) return varied.of(trial);
  std::vector<std::string> members;
  for (const Trial& one : trials) {
    if (one.leader == trial.id) members.push_back(absl::StrCat(one.number));
  }
  return "the run of " + absl::StrJoin(members, ", ");
}

// In brackets behind it; mostly nothing.
std::string remark_on(const Trial& trial) {
  std::string text = trial.message;
  if (!trial.went_on.empty()) {
    text += (text.empty() ? "" : "; ") + ("not bit-exact: " + trial.went_on);
  }
  return text.empty() ? "" : "  (" + text + ")";
}

}  // namespace

std::string progress_sentence(const std::vector<Trial>& trials, const SweepFile& sweep) {
  std::string text = counts_sentence(trials);
  const Trial* const best = sweep.finds_rates() ? nullptr : best_trial(trials, sweep.maximize());
  if (best) {
    text += "; best " + sweep.metric.name + " " + report::brief(*best->value) + " (" +
            VariedWords(trials).of(*best) + ")";
  }
  return text;
}

std::string trial_table(const std::vector<Trial>& trials, const SweepFile& sweep) {
  const std::string& metric = sweep.metric.name;
  const std::size_t wide = std::max<std::size_t>(10, report::columns(metric));
  const auto line = [&](const std::string& number, const std::string& id, const std::string& state,
                        const std::string& epochs, const std::string& value,
                        const std::string& sets) {
    return report::padded(number, 5) + "  " + filled(id, 10) + "  " + filled(state, 8) + "  " +
           report::padded(epochs, 7) + "  " + report::padded(value, wide) + "  " + sets + "\n";
  };
  const VariedWords varied(trials);
  std::string text = line("trial", "id", "state", "epochs", metric, "what it sets");
  for (const Trial& trial : trials) {
    text += line(std::to_string(trial.number), trial.id, text_of(trial.state),
                 absl::StrFormat("%d/%d", trial.done, trial.epochs),
                 trial.value ? report::brief(*trial.value) : "",
                 what_it_sets(trial, trials, varied) + remark_on(trial));
  }
  if (!varied.common().empty()) text += "all set " + varied.common() + "\n";
  return text;
}

namespace {

// What runs first, then what failed.
constexpr std::array order_of_states = {TrialState::running,  TrialState::failed,
                                        TrialState::finished, TrialState::paused,
                                        TrialState::waiting,  TrialState::stopped};

std::vector<const Trial*> in_order(const Watched& now, const SweepFile& sweep) {
  std::vector<const Trial*> order;
  for (const Trial& trial : now.trials) order.push_back(&trial);
  const double sign = sweep.maximize() ? -1 : 1;
  const auto rank = [&](const Trial* trial) {
    const bool by_value = !sweep.finds_rates() && trial->state == TrialState::finished;
    const double value = by_value ? sign * trial->value.value_or(std::nan("")) : 0;
    const auto* const place = std::ranges::find(order_of_states, trial->state);
    return std::tuple(place, std::isnan(value) ? HUGE_VAL : value, trial->number);
  };
  std::ranges::sort(order, [&](const Trial* a, const Trial* b) { return rank(a) < rank(b); });
  return order;
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// In whole seconds: a tenth that is always 0 is no news.
std::string elapsed(double seconds) {
  const double whole = std::floor(std::max(0.0, seconds));
  return whole < 60 ? report::fixed(whole, 0) + " s" : report::duration(whole);
}

std::string standing(const Watched& now, const SweepFile& sweep) {
  std::string text = counts_sentence(now.trials);
  const Trial* const best =
      sweep.finds_rates() ? nullptr : best_trial(now.trials, sweep.maximize());
  if (best) {
    text += absl::StrFormat("; best %s %s, trial %d", sweep.metric.name,
                            report::brief(*best->value), best->number);
  }
  return text;
}

std::string heading(const Watched& now, const SweepFile& sweep) {
  const std::string since = elapsed(now.seconds);
  if (now.ended()) return sweep.name + " has ended, after " + since;
  if (now.abandoned()) {
    return absl::StrFormat("%s: no controller has worked on it for %s; r50sweep %s resumes it",
                           sweep.name, elapsed(now.silent), sweep.path);
  }
  if (now.controller.empty()) return sweep.name + " is about to begin";
  return sweep.name + " is " + now.controller + ", for " + since;
}

std::string left_out(const std::vector<const Trial*>& order, std::size_t from) {
  std::map<TrialState, int> counts;
  for (std::size_t i = from; i < order.size(); ++i) ++counts[order[i]->state];
  std::string text;
  for (const auto& [state, number] : counts) {
    text += absl::StrFormat("%s%d %s", text.empty() ? "" : ", ", number, text_of(state));
  }
  return absl::StrFormat("and %d more: %s", order.size() - from, text);
}

}  // namespace

bool Watched::abandoned() const {
  constexpr double patience = 30;  // a large sweep writes down how it stands now and then only
  return !ended() && gone && silent > patience;
}

std::string watch_screen(const Watched& now, const SweepFile& sweep, int width, int height) {
  const std::size_t wide = std::max<std::size_t>(8, report::columns(sweep.metric.name));
  const VariedWords varied(now.trials);
  const auto row = [&](const std::string& number, const std::string& state,
                       const std::string& epochs, const std::string& time, const std::string& value,
                       const std::string& rest) {
    return report::padded(number, 5) + "  " + filled(state, 8) + "  " + report::padded(epochs, 7) +
           "  " + report::padded(time, 11) + "  " + report::padded(value, wide) + "  " + rest;
  };
  std::vector<std::string> lines = {
      heading(now, sweep), standing(now, sweep), "",
      row("trial", "state", "epochs", "time", sweep.metric.name, "sets")};
  const std::vector<const Trial*> order = in_order(now, sweep);
  const auto all = static_cast<std::size_t>(std::max(height, 1));
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool last = lines.size() + 1 == all;
    if (last && i + 1 < order.size()) {
      lines.push_back(left_out(order, i));
      break;
    }
    const Trial& trial = *order[i];
    const auto time = now.times.find(trial.number);
    const bool begun = time != now.times.end() && time->second > 0;
    lines.push_back(row(
        std::to_string(trial.number), text_of(trial.state),
        absl::StrFormat("%d/%d", trial.done, trial.epochs), begun ? elapsed(time->second) : "",
        trial.value ? report::brief(*trial.value) : "",
        varied.of(trial) + (trial.message.empty() ? "" : "  (" + one_line(trial.message) + ")")));
  }
  if (lines.size() > all) lines.resize(all);
  std::string text;
  for (const std::string& line : lines) {
    text += shortened(line, static_cast<std::size_t>(std::max(width, 1))) + "\n";
  }
  return text;
}

std::string change_line(const Trial& trial, double seconds, const VariedWords& varied,
                        const SweepFile& sweep) {
  std::string line = absl::StrFormat("%s  trial %d %s", report::padded(elapsed(seconds), 11),
                                     trial.number, text_of(trial.state));
  if (trial.state == TrialState::paused) {
    line += absl::StrFormat(" after epoch %d of %d", trial.done, trial.epochs);
  }
  const bool has_value = trial.value && trial.state != TrialState::running;
  if (has_value) line += ", " + sweep.metric.name + " " + report::brief(*trial.value);
  line += ": " + varied.of(trial);
  if (!trial.message.empty()) line += " (" + one_line(trial.message) + ")";
  return line;
}

std::vector<std::string> watch_changes(const Watched& before, const Watched& now,
                                       const SweepFile& sweep) {
  std::map<std::int64_t, const Trial*> earlier;
  for (const Trial& trial : before.trials) earlier[trial.number] = &trial;
  const VariedWords varied(now.trials);
  std::vector<std::string> lines;
  for (const Trial& trial : now.trials) {
    const auto found = earlier.find(trial.number);
    const TrialState was = found == earlier.end() ? TrialState::waiting : found->second->state;
    if (trial.state == was) continue;
    lines.push_back(change_line(trial, now.seconds, varied, sweep));
  }
  return lines;
}

}  // namespace r50::sweep
