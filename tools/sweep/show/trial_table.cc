#include "sweep/show/trial_table.h"

#include <algorithm>

#include "report/format.h"
#include "report/text_table.h"

namespace r50::sweep {
namespace {

std::string filled(const std::string& text, std::size_t width) {
  const std::size_t taken = report::columns(text);
  return text + std::string(width > taken ? width - taken : 0, ' ');
}

}  // namespace

std::string trial_table(const std::vector<Trial>& trials, const SweepFile& sweep) {
  const std::string& metric = sweep.metric.name;
  const std::size_t wide = std::max<std::size_t>(10, report::columns(metric));
  const auto line = [&](const std::string& number, const std::string& id, const std::string& state,
                        const std::string& epochs, const std::string& value,
                        const std::string& sets) {
    return report::padded(number, 5) + "  " + filled(id, 10) + "  " + filled(state, 8) + "  " +
           report::padded(epochs, 7) + "  " + report::padded(value, wide) + "  " + sets + "\n";
  };
  std::string text = line("trial", "id", "state", "epochs", metric, "what it sets");
  for (const Trial& trial : trials) {
    text += line(std::to_string(trial.number), trial.id, text_of(trial.state),
                 std::to_string(trial.done) + "/" + std::to_string(trial.epochs),
                 trial.value ? report::brief(*trial.value) : "",
                 trial.sets() + (trial.message.empty() ? "" : "  (" + trial.message + ")"));
  }
  return text;
}

}  // namespace r50::sweep
