#pragma once

// Which trials a sweep has, and which it gets next: points from the search method, replicates of
// each, and the ids that r50run gives them.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "r50/value.h"
#include "sweep/ask/experiments.h"
#include "sweep/file/sweep_file.h"
#include "sweep/search/searcher.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

// What the variants of the sweep's experiment are: r50run's answer, or a test's.
using Ask = std::function<std::vector<Checked>(const std::vector<Settings>&)>;

// Of a variant as r50run knows it; its number and its point are not known yet.
Trial new_trial(const Checked& answer, const Settings& settings);

std::unique_ptr<Searcher> make_searcher(const SweepFile& sweep);

// The most that run.epochs is set to, if it is a parameter; else 0.
std::int64_t longest_epochs(const Parameters& parameters);

class Roster {
 public:
  // `trials`: those that the ledger has already. `seed`: [run] seed of the experiment.
  // `ask_merged`: what runs are that train several trials at once, whatever they report; without it
  // each trial is a run of its own.
  Roster(const SweepFile& sweep, std::int64_t seed, Ask ask, std::vector<Trial> trials,
         Ask ask_merged = nullptr);

  std::vector<Trial>& trials() { return trials_; }  // in the order of their numbers
  // Numbers may have gaps: a ledger made again knows no trial whose folder was lost.
  Trial& trial(std::int64_t number);

  // Of a method that does not look at results: all trials at once. Gives those that are new.
  // Throws WrongInput with every problem of every variant.
  std::vector<Trial> list_all();
  // Of one that does: the trials of the next point; none if there are no further points.
  std::vector<Trial> next();
  bool adaptive() const { return searcher_->adaptive(); }

  // The second stage: the best points again, under [confirm] set. Gives those that are new.
  std::vector<Trial> confirm();

 private:
  std::vector<Seen> history() const;
  std::vector<Trial> enlist(const std::vector<Coordinates>& points, const Settings& over,
                            const std::string& stage, std::int64_t first_seed, std::int64_t seeds);
  struct Added {
    std::vector<Trial> trials;
    std::vector<Settings> settings;
    std::vector<Checked> answers;
  };
  void merge(Added& added);
  std::int64_t point_of(const Trial& trial);
  struct Points {
    std::int64_t count = 0, next = 0;  // next: above all numbers of those there are
  };
  Points first_stage_points() const;

  const SweepFile& sweep_;
  std::int64_t seed_;
  Ask ask_;
  Ask ask_merged_;
  std::vector<Trial> trials_;
  std::unique_ptr<Searcher> searcher_;
  std::set<std::string> ids_;
  std::map<std::string, std::int64_t> points_;  // number by what is set, the seed left out
  std::int64_t next_point_ = 0;
};

// Of each point its trials' mean value, finished ones only; in the order of the points.
struct PointValue {
  std::int64_t point = 0;
  Coordinates at;
  double value = 0;
  int trials = 0;
};
std::vector<PointValue> point_values(const std::vector<Trial>& trials, const std::string& stage);

// Of the first stage, the best first; at most [confirm] top: whom the second stage is for.
std::vector<PointValue> points_to_confirm(const std::vector<Trial>& trials, const SweepFile& sweep);

// Trials that differ in their averages only are one training, with all of these averages: they
// watch it and never change it.
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

// The corners of a space: what a method may try that makes up its trials as it goes, so far as it
// can be tried out before the night.
struct Corners {
  std::vector<Coordinates> points;
  double all = 0;  // how many there are at all
};

// Of ranges the two ends (of a normal distribution what one in a thousand lies beyond), of choices
// each. All of them, if that is at most `most`; else a fair part: each end of each parameter once,
// the rest of the room filled by chance.
Corners corners_of(const Space& space, std::size_t most = 64);

// Those, asked for: trials that will not be run. Throws WrongInput with every problem of each.
std::vector<Trial> check_corners(const SweepFile& sweep, const Ask& ask);

// [confirm] set, upon the first points: it is to be right before the first stage is paid for. Gives
// trials that stand for the second stage's: one for several that would be `merged` into one run.
std::vector<Trial> check_confirm(const SweepFile& sweep, const std::vector<Trial>& trials,
                                 const Ask& ask, bool merged = false);

}  // namespace r50::sweep
