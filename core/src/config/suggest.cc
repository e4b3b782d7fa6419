#include "r50/suggest.h"

#include <algorithm>
#include <numeric>

namespace r50 {

namespace {

constexpr std::size_t most_edits = 3;
constexpr std::size_t longest_word = 100;
constexpr std::size_t most_listed = 24;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Optimal string alignment: Levenshtein's distance where a swap of neighbours is one edit, over
// three rows of the table.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
  if (word.size() > longest_word) return std::nullopt;
  const std::string* best = nullptr;
  std::size_t fewest = most_edits + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > longest_word) continue;
    const std::size_t distance = edits(word, candidate);
    // Otherwise every two letters would be near every other two.
    const bool near = 2 * distance < std::max(word.size(), candidate.size());
    if (near && distance < fewest) {
      best = &candidate;
      fewest = distance;
    }
  }
  if (!best) return std::nullopt;
  return *best;
}

std::string near_guess(std::string_view word, const std::vector<std::string>& candidates,
                       std::string_view what) {
  if (const auto guess = nearest(word, candidates)) return "did you mean '" + *guess + "'?";
  if (candidates.empty()) return "";
  std::string text = "known " + std::string(what) + ":";
  for (std::size_t i = 0; i < candidates.size() && i < most_listed; ++i) {
    text += (i == 0 ? " " : ", ") + candidates[i];
  }
  if (candidates.size() > most_listed) text += ", ...";
  return text;
}

}  // namespace r50
