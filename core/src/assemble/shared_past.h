#pragma once

// Up to which epoch two runs of one machine and build train the very same bytes, said without
// training: by hashes of all that is given to their steps.

#include <string>
#include <vector>

#include "assemble/assembly.h"
#include "assemble/opened.h"

namespace r50::assemble {

struct SharedPast {
  bool predictable = true;  // its rates do not depend on results
  // Its averages are r50's own, which watch the training and never change it, and nothing decides
  // by what they come to: it may be trained together with runs that differ in their averages only.
  bool mergeable = false;
  std::string alone;  // why this run has its past in common with nobody; empty: it may have
  // Of all that counts from the first step to the last: everything outside [scheduler], the window
  // of each augmentation and the start of each averaging.
  std::string rest;
  // One an epoch, of what `rest` leaves out: the rates of its steps, which augmentations work in
  // them, which averages collect, and of all epochs before it. Two runs with one `rest` and one
  // hash for epoch k have the same weights, averages, records and best after epoch k. Empty if
  // alone.
  std::vector<std::string> epochs;
};

// Where it is in doubt, it says no: a part from elsewhere that is told how long the run is may do
// with it what it likes, so with such a part runs of different lengths have nothing in common.
SharedPast shared_past(Opened& opened, const DataSide& data);

}  // namespace r50::assemble
