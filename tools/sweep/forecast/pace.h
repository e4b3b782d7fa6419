#pragma once

// What a kind of run is, on what it runs, how fast it is there, and what it weighs.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/files.h"
#include "r50/value.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {

// What of an experiment its cost depends on.
struct RunBuild {
  // What a step's time depends on: model, image size, batch and its parts, number format,
  // optimizer. Runs of one kind on one machine take as long for a step.
  std::string kind;
  std::string called;  // "resnet at 64 px, batch 64, sgd, bf16", for people
  std::int64_t batch = 1;
  std::int64_t threads = 0;       // of arithmetic; 0: chosen by the machine
  std::int64_t sets = 1;          // of weights that are evaluated
  double evaluated_every = 1;     // epochs
  std::int64_t finder_steps = 0;  // of a learning-rate finder of it, all seeds together
  std::int64_t kept = 2;          // checkpoints that lie there in the end, best.pt not among them
};

// `resolved`: every key of every schema, as explain and check --batch give it. `epochs` and `steps`
// (of an epoch) decide how many checkpoints [checkpoint] keep_every leaves. Nothing for what is no
// experiment.
std::optional<RunBuild> run_build(const Value& resolved, std::int64_t epochs, std::int64_t steps);

struct Pace {
  double step_seconds = 0;
  double image_seconds = 0;        // of an evaluated image, one set of weights
  std::int64_t evaluated = 0;      // images an evaluation
  std::optional<double> overhead;  // further seconds of a run: start, saving
  std::optional<double> checkpoint_bytes, best_bytes;
  std::int64_t runs = 1;  // that it was taken from
  bool measured = false;  // by r50run check, not by whole runs
};

// The middle one of each figure: one disturbed run does not spoil the others.
Pace middle(const std::vector<Pace>& paces);

// How much of a run is asked for.
struct Amount {
  double epochs = 0;
  std::int64_t steps = 0;      // of an epoch
  std::int64_t evaluated = 0;  // images an evaluation; 0: as in the runs that the pace is from
};
double seconds_of(const RunBuild& build, const Amount& amount, const Pace& pace);

// Of the run's folder: while it runs, when a checkpoint is there twice as it is written; and
// after it. Nothing where its size is not known.
std::optional<double> bytes_running(const RunBuild& build, const Pace& pace);
std::optional<double> bytes_resting(const RunBuild& build, const Pace& pace);

// What trials run on, as far as can be known here.
struct Place {
  std::string device;  // "cpu" or "cuda"
  std::string cpu;     // model
  int threads = 0;     // of arithmetic
  // Models of the slots' GPUs: on which of them a trial will be is not known before.
  std::vector<std::string> gpus = {};
  bool shared = false;  // several trials share a GPU, which makes each of them slower
};

struct Site {
  int slots = 1;
  std::optional<Place> place;  // none: another machine, such as a cluster's
};

// By [launcher], nothing being started. `slots`: trials at a time; 0: as many as there is place
// for.
Site site_of(const SweepFile& sweep, int slots);
// The same, with the GPUs that r50run sees here, which takes a second where there are some.
Site site_with_gpus(const SweepFile& sweep, int slots,
                    const std::function<std::vector<std::string>()>& ask);

// The paces of these kinds, by kind, from the runs below `runs` (RUN/ID, and SWEEP/ID, trials being
// runs). A run counts if it is finished, of the kind, and was computed on such a place with as many
// threads; on a GPU, on one of its models. No place: only runs below `sweep`, wherever they ran;
// the same where trials share a GPU, since other runs may have had it to themselves.
// Looks at 2000 folders at most, and at 16 runs of a kind: `sweep` comes first, since its trials
// are the nearest to its trials.
std::map<std::string, Pace> past_paces(base::Files& files, const std::string& runs,
                                       const std::string& sweep, const std::optional<Place>& place,
                                       const std::vector<RunBuild>& builds);

// One run's, if it is finished and has rows.
std::optional<Pace> pace_of_run(base::Files& files, const std::string& folder);

// For a kind that has no finished run. r50run check trains some steps of the experiment with
// these words, a minute at most, and writes nothing. Throws an Error with what r50run says where
// that does not work.
Pace measured_pace(const std::string& r50run, const std::vector<std::string>& experiment,
                   const std::vector<std::string>& words);

// What `r50run check --json` has printed. Throws an Error for anything else.
Pace parse_measured(const std::string& json);

// The figures of earlier measurements, kept in one file: by kind and place.
class MeasuredPaces {
 public:
  MeasuredPaces(base::Files& files, std::string path);

  std::optional<Pace> find(const std::string& key) const;
  void keep(const std::string& key, const Pace& pace);  // written at once

 private:
  base::Files& files_;
  std::string path_;
  std::map<std::string, Pace> known_;
};

}  // namespace r50::sweep
