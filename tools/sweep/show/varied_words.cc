#include "sweep/show/varied_words.h"

#include <algorithm>
#include <set>

#include "sweep/show/readable.h"

namespace r50::sweep {
namespace {

struct KeyAndValue {
  std::string key, value;
};

KeyAndValue parts_of(const std::string& word) {
  const std::size_t equals = std::min(word.find('='), word.size());
  return {word.substr(0, equals), word.substr(std::min(equals + 1, word.size()))};
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

VariedWords::VariedWords(const std::vector<Trial>& trials) {
  std::map<std::string, std::set<std::string>> values;
  std::map<std::string, std::size_t> times;
  std::size_t counted = 0;
  const Trial* first = nullptr;
  for (const Trial& trial : trials) {
    if (trial.is_merged_run()) continue;  // its words hold those of all its trials
    if (counted++ == 0) first = &trial;
    for (const std::string& word : trial.words) {
      ++times[word];
      const KeyAndValue parts = parts_of(word);
      values[parts.key].insert(parts.value);
    }
  }
  for (const auto& [key, all] : values) texts_[key] = readable(all);
  if (counted < 2) return;
  for (const std::string& word : first->words) {
    if (times[word] == counted) common_.push_back(word);
  }
}

std::string VariedWords::readable_word(const std::string& word) const {
  const KeyAndValue parts = parts_of(word);
  const auto key = texts_.find(parts.key);
  if (key == texts_.end()) return word;
  const auto value = key->second.find(parts.value);
  return value == key->second.end() ? word : parts.key + "=" + value->second;
}

std::string VariedWords::of(const Trial& trial) const {
  std::vector<std::string> words;
  for (const std::string& word : trial.words) {
    if (std::find(common_.begin(), common_.end(), word) == common_.end()) {
      words.push_back(readable_word(word));
    }
  }
  return joined(words);
}

std::string VariedWords::common() const { return joined(common_); }

}  // namespace r50::sweep
