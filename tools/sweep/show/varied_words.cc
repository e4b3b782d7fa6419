#include "sweep/show/varied_words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include <absl/strings/str_join.h>

#include "report/text_table.h"

namespace r50::sweep {

KeyAndText split_word(const std::string& word) {
  const std::size_t equals = std::min(word.find('='), word.size());
  return {word.substr(0, equals), word.substr(std::min(equals + 1, word.size()))};
}

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
      const auto [key, text] = split_word(word);
      values[key].insert(text);
    }
  }
  for (const auto& [key, all] : values) texts_[key] = readable(all);
  if (counted < 2) return;
  for (const std::string& word : first->words) {
    if (times[word] == counted) common_.push_back(word);
  }
}

std::string VariedWords::readable_word(const std::string& word) const {
  const auto [key, text] = split_word(word);
  const auto of_key = texts_.find(key);
  if (of_key == texts_.end()) return word;
  const auto shorter = of_key->second.find(text);
  return shorter == of_key->second.end() ? word : key + "=" + shorter->second;
}

std::string VariedWords::of(const Trial& trial) const {
  std::vector<std::string> words;
  for (const std::string& word : trial.words) {
    if (std::find(common_.begin(), common_.end(), word) == common_.end()) {
      words.push_back(readable_word(word));
    }
  }
  return absl::StrJoin(words, " ");
}

std::string VariedWords::common() const { return absl::StrJoin(common_, " "); }

namespace {

std::optional<double> fraction(const std::string& text) {
  if (text.find_first_of(".eE") == std::string::npos) return std::nullopt;
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::string with_digits(const std::string& text, int digits) {
  const std::optional<double> number = fraction(text);
  if (!number) return text;
  std::array<char, 40> shorter;
  const auto end = std::to_chars(shorter.data(), shorter.data() + shorter.size(), *number,
                                 std::chars_format::general, digits);
  return {shorter.data(), end.ptr};
}

// No two of different numbers come out as one.
std::optional<std::map<std::string, std::string>> with_digits(const std::set<std::string>& texts,
                                                              int digits) {
  std::map<std::string, std::string> short_texts;
  std::map<std::string, std::optional<double>> numbers;
  for (const std::string& text : texts) {
    const std::string& shorter = short_texts[text] = with_digits(text, digits);
    const std::optional<double> number = fraction(text);
    const auto [known, is_new] = numbers.try_emplace(shorter, number);
    if (!is_new && known->second != number) return std::nullopt;
  }
  return short_texts;
}

}  // namespace

std::map<std::string, std::string> readable(const std::set<std::string>& texts) {
  for (const int digits : {4, 6, 8, 10}) {
    if (auto shorter = with_digits(texts, digits)) return *std::move(shorter);
  }
  std::map<std::string, std::string> whole;
  for (const std::string& text : texts) whole[text] = text;
  return whole;
}

std::string shortened(const std::string& words, std::size_t most) {
  if (report::columns(words) <= most) return words;
  std::string kept;
  std::size_t signs = 0;
  for (const char byte : words) {
    const bool begins = (static_cast<unsigned char>(byte) & 0xC0U) != 0x80;
    if (begins && ++signs == most) break;
    kept += byte;
  }
  return kept + "…";
}

void make_readable(judge::Observations& table) {
  std::map<std::string, std::set<std::string>> texts;
  for (const judge::Observation& trial : table.trials) {
    for (const judge::KeyValue& setting : trial.point) texts[setting.name].insert(setting.text);
  }
  std::map<std::string, std::map<std::string, std::string>> shorter;
  for (const auto& [name, all] : texts) shorter[name] = readable(all);
  for (judge::Observation& trial : table.trials) {
    for (judge::KeyValue& setting : trial.point) {
      setting.text = shorter[setting.name][setting.text];
    }
  }
}

}  // namespace r50::sweep
