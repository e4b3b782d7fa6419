#pragma once

// Made-up sweeps of learning-rate finders.

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "made_sweeps.h"

namespace r50::sweep {

struct MadeFinders : MadeSweep {
  MadeFinders() : MadeSweep(suggested_rate) { source.sweep.method = Method::lr_find; }

  // Three rates, 0.001 to 0.1, where the loss is 2, `least` and 2; `seeds` curves of it, each a
  // little higher.
  Finder& find(const std::string& name, std::vector<std::string> words, double suggested,
               double least = 1, int seeds = 2) {
    Finder finder;
    finder.trial = add(std::move(words), TrialState::finished, suggested);
    finder.name = name;
    finder.rule = "valley";
    finder.suggested = finder.wished = suggested;
    finder.low = suggested / 2;
    finder.high = suggested * 2;
    finder.batch = 64;
    for (int seed = 0; seed < seeds; ++seed) {
      const double more = 0.2 * seed;
      finder.curves.push_back({{0.001, 0.01, 0.1}, {2, least + more, 2}});
    }
    source.finders.push_back(std::move(finder));
    return source.finders.back();
  }

  // Batches 8, 16, ... and decays 0.1, 0.2, ...
  void grid(int batches, int decays) {
    for (int b = 0; b < batches; ++b) {
      for (int d = 0; d < decays; ++d) {
        const std::string batch = std::to_string(8 << b), decay = "0." + std::to_string(d + 1);
        find("batch " + batch + ", decay " + decay, {"run.batch=" + batch, "opt.decay=" + decay},
             0.002 * (b + 1) + 0.001 * d, 1 + 0.1 * b);
      }
    }
  }
};

}  // namespace r50::sweep
