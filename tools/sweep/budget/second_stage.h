#pragma once

// What of the second stage is still to come, while the first is under way: trials that stand for
// its own, so that a budget can keep back what they will take.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/roster/roster.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

class SecondStage {
 public:
  // `ask`: what a point is under [confirm] set. It is asked once of each point that may be chosen.
  // `merged`: those that differ in their averages only are one run.
  SecondStage(const SweepFile& sweep, Ask ask, bool merged);

  void review(const std::vector<Trial>& trials);

  // Of the latest review. Whether its points were chosen already: then more are to come only where
  // the first stage was resumed, and has found better ones.
  bool chosen() const { return chosen_; }
  // Of points that are to be in it, and are not: each [confirm] seeds times. As long as fewer
  // points are done than it takes, others stand for those that will be.
  const std::vector<Trial>& to_come() const { return to_come_; }
  std::int64_t points_to_come() const { return points_; }
  // Of one point more than those.
  const std::vector<Trial>& another() const { return another_; }

 private:
  void note(const std::vector<Coordinates>& points);
  std::vector<Trial> seeds_of(const Coordinates& at) const;
  std::string run_of(const Coordinates& at) const;
  std::vector<Coordinates> others(const std::vector<Trial>& trials,
                                  const std::vector<PointValue>& best) const;

  struct StandIn {
    Trial trial;
    std::string run;  // equal for points that are one run under [confirm] set
  };

  const SweepFile& sweep_;
  Ask ask_;
  bool merged_;
  std::map<Coordinates, std::optional<StandIn>> known_;  // by the point; none: it is wrong there
  std::vector<Trial> to_come_, another_;
  std::int64_t points_ = 0;
  bool chosen_ = false;
  std::size_t seen_ = 0;    // trials, at the latest review
  std::int64_t over_ = -1;  // of them
};

}  // namespace r50::sweep
