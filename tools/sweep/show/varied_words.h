#pragma once

#include <map>
#include <string>
#include <vector>

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

}  // namespace r50::sweep
