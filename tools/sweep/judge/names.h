#pragma once

// What to call a sweep's points.

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sweep/judge/groups.h"

namespace r50::sweep::judge {

class Names {
 public:
  explicit Names(std::vector<Group> groups);

  // The last part of a parameter's key, or as many of its last parts as tell it from all others:
  // "max_lr" of "scheduler.max_lr".
  const std::string& parameter(const std::string& key) const;

  // A point by all parameters that the sweep varied: "max_lr 0.4, batch 256".
  std::string point(std::size_t group) const;

  // Two points by the parameters in which they differ: "max_lr 0.4" and "max_lr 0.8". What only one
  // of them has is "no rho" in the other.
  std::pair<std::string, std::string> pair(std::size_t first, std::size_t second) const;

 private:
  std::string by(const std::vector<std::string>& keys, std::size_t group) const;

  std::vector<Group> groups_;
  std::vector<std::string> varied_;
  std::map<std::string, std::string> short_;
};

}  // namespace r50::sweep::judge
