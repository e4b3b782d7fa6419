#include "sweep/show/trial_table.h"

#include <algorithm>

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
  std::string members;
  for (const Trial& one : trials) {
    if (one.leader == trial.id)
      members += (members.empty() ? "" : ", ") + std::to_string(one.number);
  }
  return "the run of " + members;
}

// In brackets behind it; mostly nothing.
std::string remark_on(const Trial& trial) {
  std::string text = trial.message;
  const auto add = [&](const std::string& what, const std::string& why) {
    if (!why.empty()) text += (text.empty() ? "" : "; ") + what + why;
  };
  add("not bit-exact: ", trial.went_on);
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
                 std::to_string(trial.done) + "/" + std::to_string(trial.epochs),
                 trial.value ? report::brief(*trial.value) : "",
                 what_it_sets(trial, trials, varied) + remark_on(trial));
  }
  if (!varied.common().empty()) text += "all set " + varied.common() + "\n";
  return text;
}

}  // namespace r50::sweep
