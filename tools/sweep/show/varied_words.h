#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sweep/judge/groups.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

// What trials set, for people: the words in which they differ, drawn numbers with few digits. The
// others say nothing about any of them. For files and commands there is Trial::sets().
class VariedWords {
 public:
  explicit VariedWords(const std::vector<Trial>& trials);

  std::string of(const Trial& trial) const;  // also of one that came later
  std::string common() const;                // what all of them set; empty of a single trial

 private:
  std::string readable_word(const std::string& word) const;

  std::vector<std::string> common_;
  std::map<std::string, std::map<std::string, std::string>> texts_;  // by key: of each value
};

// "scheduler.lr=0.1" as its key and its value.
struct KeyAndText {
  std::string key, text;
};
KeyAndText split_word(const std::string& word);

// Random search gives 0.012345678901234567, which nobody reads. What to write for each text of one
// parameter: fractions with four digits; where different numbers would then look alike, with more,
// ten at most, or whole.
std::map<std::string, std::string> readable(const std::set<std::string>& texts);

// As many leading signs as have room, then "…".
std::string shortened(const std::string& words, std::size_t most);

// The same for all parameters of a table.
void make_readable(judge::Observations& table);

}  // namespace r50::sweep
