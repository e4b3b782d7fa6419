#pragma once

// What SLURM's queue holds of the sweep's jobs, by one squeue for all of them.

#include <map>
#include <optional>
#include <string>

#include "sweep/launch/engine.h"

namespace r50::sweep {

// A job in the queue: an element of an array.
struct SlurmJob {
  std::string id;  // "17_4", as scancel takes it
  std::string state, reason;

  bool pending() const { return state == "PENDING"; }
  // Waits for its turn, the first or another.
  bool waits() const;
  // Its node could not start it; SLURM holds it until an operator looks at it.
  bool stuck() const;
};

// By which SLURM knows a trial from before it was submitted: a job's name, that no other has, and
// an index into its array. The trial's id is for finding its folder.
struct SlurmHandle {
  std::string name;
  int index = 0;
  std::string trial;

  std::string text() const;  // "slurm NAME INDEX TRIAL"
  static std::optional<SlurmHandle> parse(const std::string& text);
};

class SlurmQueue {
 public:
  SlurmQueue(const Engine& engine, double every) : engine_(engine), every_(every) {}

  // Asks again if the last answer is older than `every` seconds.
  void renew();
  // Now.
  void ask();
  bool answered() const { return answered_; }
  double asked_at() const { return asked_at_; }
  const SlurmJob* find(const SlurmHandle& handle) const;
  bool has_name(const std::string& name) const;

 private:
  const Engine& engine_;
  double every_;
  double asked_at_ = -1e18;
  bool answered_ = false;
  std::map<std::pair<std::string, int>, SlurmJob> jobs_;
};

}  // namespace r50::sweep
