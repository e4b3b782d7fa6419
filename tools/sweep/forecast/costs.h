#pragma once

// What the trials of one sweep cost, as far as it is known: what they are, by what r50run has
// answered; how fast such runs are, by finished runs or by measurement.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sweep/forecast/forecast.h"
#include "sweep/forecast/pace.h"
#include "sweep/roster/opened_sweep.h"

namespace r50::sweep {

class Costs {
 public:
  Costs(base::Files& files, const OpenedSweep& opened, int slots);

  const Site& site() const { return site_; }

  // As `ask`, and remembers what the answers say of cost.
  Ask remembering(Ask ask);
  // The same for trials that an earlier controller asked for.
  void ask_again(const std::vector<Trial>& trials, const Ask& ask);

  // Looks for finished runs of what has been asked for, and for earlier measurements.
  void look_around();
  // Measures, by r50run check, each kind that has no finished run.
  void calibrate(const std::function<void(const std::string&)>& tell);

  Makeup makeup(const Trial& trial) const;
  TrialCost cost(const Trial& trial, const TrialRates& rates) const;
  std::vector<TrialCost> costs_of(const std::vector<Trial>& trials, const TrialRates& rates) const;

  // "from 3 finished runs", "measured by r50run check"; empty: nothing is known.
  std::string source() const;
  // The kinds of which nothing is known, for people.
  std::vector<std::string> unknown() const;

 private:
  struct Known {
    RunBuild build;
    std::int64_t steps = 1, evaluated = 0;
    std::vector<std::string> words;
  };
  const Known* known(const Trial& trial) const;
  void remember(const std::string& id, const Checked& answer, const Settings& settings);
  std::string measured_key(const RunBuild& build) const;
  std::string measured_file() const { return runs_ + "/measured.json"; }
  bool shares_gpus() const { return site_.place && site_.place->shared; }

  base::Files& files_;
  const OpenedSweep& opened_;
  Site site_;
  std::string runs_;
  std::map<std::string, Known> known_;  // by the trial's id
  std::map<std::string, Pace> paces_;   // by kind
};

}  // namespace r50::sweep
