#include "sweep/show/judged.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <set>

#include <absl/strings/str_format.h>

#include "report/format.h"
#include "sweep/judge/sentence.h"
#include "sweep/roster/counts.h"
#include "sweep/show/standing.h"
#include "sweep/show/status.h"
#include "sweep/show/varied_words.h"

namespace r50::sweep {
namespace {

constexpr const char* seed_key = "run.seed";

std::string unquoted(const std::string& text) {
  return text.size() > 1 && text.starts_with('"') ? text.substr(1, text.size() - 2) : text;
}

std::optional<double> number_from(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') return std::nullopt;
  return number;
}

judge::Observation judge_trial(const Trial& trial) {
  judge::Observation one;
  one.seed = trial.replicate;
  // A key that is set twice has its later value.
  for (const std::string& word : trial.words) {
    const auto [key, written] = split_word(word);
    if (key == seed_key) continue;
    const std::string text = unquoted(written);
    const judge::KeyValue setting{key, text, number_from(text)};
    const auto before = std::find_if(one.point.begin(), one.point.end(), [&](const auto& earlier) {
      return earlier.name == setting.name;
    });
    if (before == one.point.end()) {
      one.point.push_back(setting);
    } else {
      *before = setting;
    }
  }
  one.finished = trial.state == TrialState::finished;
  one.value = trial.value.value_or(std::nan(""));
  one.seconds = trial.seconds;
  return one;
}

bool has_results(const std::vector<Trial>& trials, const std::string& stage) {
  return std::any_of(trials.begin(), trials.end(), [&](const Trial& trial) {
    return trial.stage == stage && trial.state == TrialState::finished;
  });
}

std::string best_points(const Judged& judged, const judge::Names& names, judge::Better better) {
  const std::vector<std::size_t> order = judge::by_mean(judged.groups, better);
  std::string text = absl::StrFormat("%10s  %-9s %5s  %s\n", "mean", "95 %", "seeds", "point");
  constexpr std::size_t most = 10;
  for (std::size_t i = 0; i < order.size() && i < most; ++i) {
    const judge::Group& group = judged.groups[order[i]];
    text += absl::StrFormat("%10s  %-9s %5d  %s\n", report::brief(group.mean),
                            group.half_width ? "± " + report::brief(*group.half_width) : "",
                            group.values.size(), names.point(order[i]));
  }
  if (order.size() > most) {
    text += absl::StrFormat("            and %d more (--csv has all)\n", order.size() - most);
  }
  return text;
}

std::string effects_text(const judge::Effects& effects, const judge::Names& names) {
  std::string text;
  for (const judge::Effect& effect : effects.parameters) {
    text += absl::StrFormat(
        "%8s  %s%s: %s\n", report::share(effect.share), names.parameter(effect.name),
        effect.conditional ? " (where it applies)" : "", judge::levels_text(effect));
  }
  if (!text.empty()) {
    text =
        "Share of the points' differences that each parameter explains alone, and the mean ± the "
        "spread\nof the points at each of its values:\n\n" +
        text;
  }
  if (!effects.remark.empty()) text += (text.empty() ? "" : "\n") + effects.remark + "\n";
  return text;
}

}  // namespace

judge::Better better_in(const SweepFile& sweep) {
  return sweep.maximize() ? judge::Better::higher : judge::Better::lower;
}

judge::Observations judge_table(const std::vector<Trial>& trials, const SweepFile& sweep,
                                const std::string& stage) {
  judge::Observations table;
  table.metric = sweep.metric.name;
  table.better = better_in(sweep);
  for (const Trial& trial : trials) {
    if (trial.stage == stage) table.trials.push_back(judge_trial(trial));
  }
  make_readable(table);
  return table;
}

std::vector<std::optional<std::size_t>> groups_of_trials(const std::vector<Trial>& trials,
                                                         const SweepFile& sweep,
                                                         const std::string& stage) {
  const std::vector<std::size_t> in_table = judge::group_of_each(judge_table(trials, sweep, stage));
  std::vector<std::optional<std::size_t>> found(trials.size());
  auto next = in_table.begin();
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].stage == stage) found[i] = *next++;
  }
  return found;
}

Judged judge_trials(const std::vector<Trial>& trials, const SweepFile& sweep) {
  Judged judged;
  judged.stage = has_results(trials, "confirm") ? "confirm" : "";
  const judge::Observations table = judge_table(trials, sweep, judged.stage);
  judged.groups = judge::groups(table);
  judged.verdict = judge::judge(judged.groups, table.better);
  judged.effects = judge::effects(judge::groups(judge_table(trials, sweep, "")));
  return judged;
}

std::string chosen_early(const std::vector<Trial>& trials) {
  std::set<std::int64_t> points, done;
  int left_out = 0;
  bool chosen = false;
  for (const Trial& trial : trials) {
    chosen = chosen || trial.stage == "confirm";
    if (!trial.stage.empty()) continue;
    points.insert(trial.point);
    if (trial.state == TrialState::finished) done.insert(trial.point);
    if (trial.state == TrialState::waiting || trial.state == TrialState::running) ++left_out;
  }
  if (!chosen || left_out == 0) return "";
  return absl::StrFormat(
      "The second stage chose among what was done, %d of %d points: %d %s of the first stage %s "
      "not "
      "been run to the end.",
      done.size(), points.size(), left_out, left_out == 1 ? "trial" : "trials",
      left_out == 1 ? "has" : "have");
}

std::string report_text(const std::vector<Trial>& trials, const SweepFile& sweep) {
  const Judged judged = judge_trials(trials, sweep);
  const judge::Names names(judged.groups);
  std::string text = sweep.name + ": " + progress_sentence(trials, sweep) + "\n\n";
  const std::string early = chosen_early(trials);
  if (!early.empty()) text += early + "\n\n";
  if (!judged.stage.empty()) text += "Of the second stage:\n\n";
  text += best_points(judged, names, better_in(sweep)) + "\n";
  text += judge::headline(judged.verdict, names) + "\n";
  for (const std::string& sentence : judge::sentences(judged.verdict, names, sweep.metric.name)) {
    text += "  " + sentence + "\n";
  }
  const judge::Names all(judge::groups(judge_table(trials, sweep, "")));
  return text + mixed_trials(trials) + "\n" + effects_text(judged.effects, all);
}

std::string trials_csv(const std::vector<Trial>& trials, const SweepFile& sweep) {
  std::vector<std::string> keys;
  for (const Trial& trial : trials) {
    for (const std::string& word : trial.words) {
      const std::string key = split_word(word).key;
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
  }
  const auto quoted = [](const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string out = "\"";
    for (const char letter : text) out += letter == '"' ? "\"\"" : std::string(1, letter);
    return out + "\"";
  };
  std::string csv = "trial,id,stage,state,epochs," + quoted(sweep.metric.name) + ",seconds";
  for (const std::string& key : keys) csv += "," + quoted(key);
  for (const Trial& trial : trials) {
    csv += absl::StrFormat(
        "\n%d,%s,%s,%s,%d,%s,%s", trial.number, trial.id, trial.stage, text_of(trial.state),
        trial.done, trial.value ? report::exact(*trial.value) : "", report::exact(trial.seconds));
    for (const std::string& key : keys) {
      std::string value;
      for (const std::string& word : trial.words) {
        const auto [of, written] = split_word(word);
        if (of == key) value = unquoted(written);
      }
      csv += "," + quoted(value);
    }
  }
  return csv + "\n";
}

}  // namespace r50::sweep
