#pragma once

// From trials to what may be said of them.

#include <optional>
#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/judge/effects.h"
#include "sweep/judge/varied_parameters.h"
#include "sweep/judge/verdict.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

struct Judged {
  std::string stage;  // whose trials the verdict is of: "confirm" once that has results
  std::vector<judge::Group> groups;
  judge::Verdict verdict;
  judge::Effects effects;  // of the first stage, which has the more points
};

judge::Better better_in(const SweepFile& sweep);
judge::Observations judge_table(const std::vector<Trial>& trials, const SweepFile& sweep,
                                const std::string& stage);
// The group of each trial of a stage; nothing for others.
std::vector<std::optional<std::size_t>> groups_of_trials(const std::vector<Trial>& trials,
                                                         const SweepFile& sweep,
                                                         const std::string& stage);
Judged judge_trials(const std::vector<Trial>& trials, const SweepFile& sweep);

// That the second stage was chosen before the first had ended, as a budget may want it; empty where
// it chose among all points.
std::string chosen_early(const std::vector<Trial>& trials);

// For a terminal: the best points, the verdict, each parameter's effect.
std::string report_text(const std::vector<Trial>& trials, const SweepFile& sweep);
// A row a trial, numbers exact.
std::string trials_csv(const std::vector<Trial>& trials, const SweepFile& sweep);

// The verdict, the best points, their differences and each parameter's effect, to be pasted where
// GitHub's Markdown is read. Names and messages cannot break it.
std::string report_markdown(const std::vector<Trial>& trials, const SweepFile& sweep);

// With a backslash before whatever means something in Markdown.
std::string markdown_text(const std::string& text);

}  // namespace r50::sweep
