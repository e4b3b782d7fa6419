#pragma once

// What the verdict is judged from: a sweep's trials as plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace r50::sweep::judge {

struct Setting {
  std::string name;  // the experiment's dotted key
  std::string text;  // the value as a reader should see it; equal texts are equal values
  std::optional<double> number;  // where it is one

  friend bool operator==(const Setting&, const Setting&) = default;
};

// In any order. A conditional parameter that does not apply is left out.
using Point = std::vector<Setting>;

struct Trial {
  enum class State { finished, stopped, failed, running };

  Point point;
  std::int64_t seed = 0;  // trials of one point with different seeds are replicates
  State state = State::running;
  double value = 0;    // the metric's, of a finished trial
  double seconds = 0;  // what it cost
};

enum class Goal { minimize, maximize };

struct Table {
  std::string metric;
  Goal goal = Goal::minimize;
  std::vector<Trial> trials;
};

inline const Setting* find_setting(const Point& point, const std::string& name) {
  for (const Setting& setting : point) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

}  // namespace r50::sweep::judge
