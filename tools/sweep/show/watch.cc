#include "sweep/show/watch.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include <absl/strings/str_format.h>

#include "report/format.h"
#include "report/text_table.h"
#include "sweep/roster/counts.h"
#include "sweep/show/varied_words.h"

namespace r50::sweep {
namespace {

int place_of(TrialState state) {
  switch (state) {
    case TrialState::running:
      return 0;
    case TrialState::failed:
      return 1;
    case TrialState::finished:
      return 2;
    case TrialState::paused:
      return 3;
    case TrialState::waiting:
      return 4;
    case TrialState::stopped:
      break;
  }
  return 5;
}

std::vector<const Trial*> in_order(const Watched& now, const SweepFile& sweep) {
  std::vector<const Trial*> order;
  for (const Trial& trial : now.trials) order.push_back(&trial);
  const double sign = sweep.maximize() ? -1 : 1;
  const auto rank = [&](const Trial* trial) {
    const bool by_value = !sweep.finds_rates() && trial->state == TrialState::finished;
    const double value = by_value ? sign * trial->value.value_or(std::nan("")) : 0;
    return std::tuple(place_of(trial->state), std::isnan(value) ? HUGE_VAL : value, trial->number);
  };
  std::sort(order.begin(), order.end(),
            [&](const Trial* a, const Trial* b) { return rank(a) < rank(b); });
  return order;
}

// As many whole characters as there are columns, and a mark where something is missing.
std::string cut(const std::string& text, std::size_t width) {
  if (report::columns(text) <= width) return text;
  std::string out;
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t next = at + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xc0U) == 0x80) ++next;
    if (++columns >= width) break;
    out.append(text, at, next - at);
    at = next;
  }
  return width > 0 ? out + "…" : "";
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
    return report::padded(number, 5) + "  " + state +
           std::string(state.size() < 8 ? 8 - state.size() : 0, ' ') + "  " +
           report::padded(epochs, 7) + "  " + report::padded(time, 11) + "  " +
           report::padded(value, wide) + "  " + rest;
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
    text += cut(line, static_cast<std::size_t>(std::max(width, 1))) + "\n";
  }
  return text;
}

std::string change_line(const Trial& trial, double seconds, const VariedWords& varied,
                        const SweepFile& sweep) {
  std::string line = report::padded(elapsed(seconds), 11) + "  trial " +
                     std::to_string(trial.number) + " " + text_of(trial.state);
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
