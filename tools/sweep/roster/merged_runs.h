#pragma once

// Trials that differ in their averages only are one training, with all of these averages: they
// watch it and never change it.

#include <string>
#include <vector>

#include "r50/value.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

struct MergedAverages {
  Array averaging;                         // of the run; what several trials have is there once
  std::vector<std::vector<SetName>> sets;  // of each trial, in its own order
};

// From whole experiments, as `check --batch` resolves them. Names are made of what the average is,
// so that two merged runs with equal averages have equal names.
MergedAverages merge_averages(const std::vector<Value>& experiments);

// All of an experiment that trains, but its averages, as text.
std::string outside_averages(const Value& experiment);
// The same of an experiment that `check --batch` has resolved; empty if it is none.
std::string outside_averages(const std::string& resolved);

}  // namespace r50::sweep
