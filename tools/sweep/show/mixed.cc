#include "sweep/show/mixed.h"

#include <functional>

#include <absl/strings/str_format.h>

#include "sweep/roster/counts.h"

namespace r50::sweep {
namespace {

struct Some {
  int count = 0;
  std::string numbers;  // "3, 7"
};

Some of_those(const std::vector<Trial>& trials, const std::function<bool(const Trial&)>& is) {
  Some some;
  for (const Trial& trial : trials) {
    if (!trial.is_merged_run() && is(trial))
      some.numbers += (++some.count == 1 ? "" : ", ") + std::to_string(trial.number);
  }
  return some;
}

std::string of_all(const Some& some, const std::vector<Trial>& trials) {
  return absl::StrFormat("%d of %d trials", some.count, count(trials).all());
}

}  // namespace

std::string mixed_trials(const std::vector<Trial>& trials) {
  std::string text;
  const Some rebuilt = of_those(
      trials, [](const Trial& one) { return !one.builds.empty() && one.builds.back() != 0; });
  if (rebuilt.count > 0) {
    text += absl::StrFormat(
        "Not of one build: %s were trained, or ended, by another build of r50run or a plugin than "
        "the sweep began with (trial %s; builds.json says what changed). What sets them apart from "
        "the others may be the build.\n",
        of_all(rebuilt, trials), rebuilt.numbers);
  }
  const Some moved = of_those(trials, [](const Trial& one) { return !one.went_on.empty(); });
  if (moved.count > 0) {
    text += absl::StrFormat(
        "Not of one machine: %s were resumed on a machine of another kind than the one before "
        "(trial %s; went_on in their run.json says what differs). The same trials run again will "
        "not give the same bits.\n",
        of_all(moved, trials), moved.numbers);
  }
  return text;
}

}  // namespace r50::sweep
