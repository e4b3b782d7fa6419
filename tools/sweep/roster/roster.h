#pragma once

// Which trials a sweep has, and which it gets next: points from the search method, replicates of
// each, and the ids that r50run gives them.

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sweep/ask/experiments.h"
#include "sweep/file/sweep_file.h"
#include "sweep/search/searcher.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

// What the variants of the sweep's experiment are: r50run's answer, or a test's.
using Ask = std::function<std::vector<Checked>(const std::vector<Settings>&)>;

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

}  // namespace r50::sweep
