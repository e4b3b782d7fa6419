#include "sweep/show/finder_markdown.h"

#include <algorithm>

#include "report/text_table.h"
#include "sweep/show/finder_words.h"
#include "sweep/show/markdown.h"

namespace r50::sweep {
namespace {

constexpr std::size_t most_points = 100;

std::string table_of_rates(const std::vector<Finder>& finders) {
  std::vector<std::vector<std::string>> rows = {
      {"point", "suggested rate", "from seed to seed", "diverges at", "batch"}};
  for (std::size_t i = 0; i < std::min(finders.size(), most_points); ++i) {
    const Finder& one = finders[i];
    rows.push_back({markdown_text(one.name),
                    suggestion_text(one) + (held_back(one) ? " (held back)" : ""), band_text(one),
                    divergence_text(one), std::to_string(one.batch)});
  }
  std::string text = report::markdown_table(rows) + "\n";
  if (finders.size() > most_points) {
    text += "and " + std::to_string(finders.size() - most_points) + " more\n\n";
  }
  return text;
}

}  // namespace

std::string finder_markdown(const std::vector<Finder>& finders, const std::vector<Trial>& trials,
                            const SweepFile& sweep) {
  std::string text = markdown_title(sweep);
  text += "**" + markdown_text(finder_headline(finders, trials)) + "**\n\n";
  for (const std::string& one : finder_reservations(finders, trials)) {
    text += markdown_text(one) + "\n\n";
  }
  if (!finders.empty()) text += "### Suggested rates\n\n" + table_of_rates(finders);
  return text + markdown_again(sweep);
}

}  // namespace r50::sweep
