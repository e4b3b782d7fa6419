#include <algorithm>
#include <cctype>

#include <absl/strings/str_format.h>

#include "report/format.h"
#include "report/text_table.h"
#include "sweep/judge/sentence.h"
#include "sweep/roster/counts.h"
#include "sweep/show/finders.h"
#include "sweep/show/standing.h"

namespace r50::sweep {
namespace {

constexpr std::size_t most_rows = 10;
constexpr std::size_t most_rates = 100;

std::string counts_text(const std::vector<Trial>& trials) {
  const Counts counts = count(trials);
  std::string text = absl::StrFormat("%d of %d %s finished", counts.finished, counts.all(),
                                     counts.all() == 1 ? "trial" : "trials");
  if (counts.stopped + counts.paused > 0) {
    text += absl::StrFormat(", %d stopped early", counts.stopped + counts.paused);
  }
  if (counts.failed > 0) text += absl::StrFormat(", %d failed", counts.failed);
  return text;
}

std::string best_table(const std::vector<Standing>& all, const SweepFile& sweep, bool judged) {
  const std::string mean = "mean " + markdown_text(sweep.metric.name);
  std::vector<std::vector<std::string>> rows = {{"point", mean, "seeds"}};
  if (judged) {
    rows = {{"point", mean, "sd", "95 %", "seeds", "the leader is better by", "p (corrected)",
             "verdict"}};
  }
  for (std::size_t i = 0; i < std::min(all.size(), most_rows); ++i) {
    const Standing& one = all[i];
    const std::string name = markdown_text(one.name);
    if (judged) {
      const bool leads = one.word == "wins" || one.word == "leads";
      rows.push_back({leads ? "**" + name + "**" : name, one.mean, one.deviation,
                      one.half_width.empty() ? "" : "± " + one.half_width, one.seeds, one.behind,
                      markdown_text(one.p), one.word});
    } else {
      rows.push_back({name, one.mean, one.seeds});
    }
  }
  std::string text = report::markdown_table(rows);
  if (all.size() > most_rows) {
    const std::size_t more = all.size() - most_rows;
    text += absl::StrFormat("\nand %d more %s\n", more, more == 1 ? "point" : "points");
  }
  return text;
}

std::string differences_list(const std::vector<std::string>& said) {
  if (said.empty()) return "";
  std::string text = "### Differences from the leading point\n\n";
  for (std::size_t i = 0; i < std::min(said.size(), most_rows); ++i) {
    text += "- " + markdown_text(said[i]) + "\n";
  }
  if (said.size() > most_rows) {
    text += absl::StrFormat("- and %d more\n", said.size() - most_rows);
  }
  return text + "\n";
}

std::string effects_table(const judge::Effects& effects, const judge::Names& names) {
  std::vector<std::vector<std::string>> rows = {
      {"parameter", "share", "mean ± spread at each value", "points"}};
  for (const judge::Effect& effect : effects.parameters) {
    rows.push_back({markdown_text(names.parameter(effect.name)) +
                        (effect.conditional ? " (where it applies)" : ""),
                    report::share(effect.share), markdown_text(judge::levels_text(effect)),
                    std::to_string(effect.points)});
  }
  std::string text = "### What each parameter does\n\n";
  if (rows.size() > 1) {
    text += "Share of the points' differences that each parameter explains alone:\n\n" +
            report::markdown_table(rows) + "\n";
  }
  if (!effects.remark.empty()) text += markdown_text(effects.remark) + "\n\n";
  return rows.size() > 1 || !effects.remark.empty() ? text : "";
}

// The judge's own advice has code in it; names that come from files stay text.
std::string with_code(std::string text) {
  const std::string escaped = "\\`seeds = 3\\`";
  const auto at = text.find(escaped);
  return at == std::string::npos ? text : text.replace(at, escaped.size(), "`seeds = 3`");
}

std::string title(const SweepFile& sweep) {
  return "## Sweep " + markdown_text(sweep.name) + "\n\n";
}

std::string how_to_run_again(const SweepFile& sweep) {
  return "### Again\n\n```sh\nr50sweep " + sweep.path + "\nr50sweep report --markdown " +
         sweep.path + "\n```\n";
}

std::string table_of_rates(const std::vector<Finder>& finders) {
  std::vector<std::vector<std::string>> rows = {
      {"point", "suggested rate", "from seed to seed", "diverges at", "batch"}};
  for (std::size_t i = 0; i < std::min(finders.size(), most_rates); ++i) {
    const Finder& one = finders[i];
    rows.push_back({markdown_text(one.name),
                    suggestion_text(one) + (held_back(one) ? " (held back)" : ""), band_text(one),
                    divergence_text(one), std::to_string(one.batch)});
  }
  std::string text = report::markdown_table(rows) + "\n";
  if (finders.size() > most_rates) {
    text += absl::StrFormat("and %d more\n\n", finders.size() - most_rates);
  }
  return text;
}

}  // namespace

std::string markdown_text(const std::string& text) {
  constexpr std::string_view meaningful = "\\`*[]<>&#~$";
  const auto within_word = [&](std::size_t i) {  // max_lr needs none
    const auto letter = [&](std::size_t at) {
      return at < text.size() && std::isalnum(static_cast<unsigned char>(text[at])) != 0;
    };
    return i > 0 && letter(i - 1) && letter(i + 1);
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    const bool line_end = letter == '\n' || letter == '\r';
    const bool marks =
        meaningful.find(letter) != std::string_view::npos || (letter == '_' && !within_word(i));
    if (marks) out += '\\';
    out += line_end ? ' ' : letter;
  }
  return out;
}

std::string report_markdown(const std::vector<Trial>& trials, const SweepFile& sweep) {
  const Judged judged = judge_trials(trials, sweep);
  const judge::Names names(judged.groups);
  const judge::Names all(judge::groups(judge_table(trials, sweep, "")));
  std::string text = title(sweep);
  text += "**" + with_code(markdown_text(judge::headline(judged.verdict, names))) + "**\n\n";
  text += counts_text(trials) + "; " + markdown_text(sweep.metric.name) +
          (sweep.maximize() ? ", higher is better.\n\n" : ", lower is better.\n\n");
  for (const std::string& one : reservations(judged, trials)) text += markdown_text(one) + "\n\n";
  const std::string mixed = mixed_trials(trials);
  if (!mixed.empty()) text += markdown_text(mixed) + "\n\n";
  const std::vector<Standing> standing = standings(judged, names, sweep);
  if (!standing.empty()) {
    text += (was_judged(judged) ? "### Best points\n\n" : "### Points, by their values\n\n") +
            best_table(standing, sweep, was_judged(judged)) + "\n";
  }
  text += differences_list(differences(judged, names, sweep));
  text += effects_table(judged.effects, all);
  return text + how_to_run_again(sweep);
}

std::string finder_markdown(const std::vector<Finder>& finders, const std::vector<Trial>& trials,
                            const SweepFile& sweep) {
  std::string text = title(sweep);
  text += "**" + markdown_text(finder_headline(finders, trials)) + "**\n\n";
  for (const std::string& one : finder_reservations(finders, trials)) {
    text += markdown_text(one) + "\n\n";
  }
  if (!finders.empty()) text += "### Suggested rates\n\n" + table_of_rates(finders);
  return text + how_to_run_again(sweep);
}

}  // namespace r50::sweep
