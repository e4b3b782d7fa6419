#pragma once

// What the plugins' own schemas say of an experiment and its variants. They live in r50run, with
// libtorch: a child process is asked, so that the controller stays small.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "r50/error.h"
#include "sweep/file/parameters.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {

// By what a trial is trained: "r50run", "optimizer plugin sgd", and what distinguishes their
// builds.
using Build = std::map<std::string, std::string>;

// One variant's answer.
struct Checked {
  std::string id;
  std::string former_id;  // by the rule before paths counted by their text: config/identity.h
  std::int64_t epochs = 0, steps_per_epoch = 0;
  std::int64_t begin = 0;            // epochs that another run has trained: of a sweep's `branch`
  std::int64_t evaluated = 0;        // images an evaluation; 0: not said
  bool predictable = true;           // its rates do not depend on results
  std::vector<std::string> metrics;  // names that `metric` may have
  std::string resolved;              // the whole experiment, as one TOML value
  Build build;
  std::vector<Problem> problems;  // if there are any, all else is empty

  bool good() const { return problems.empty(); }
};

// Throws WrongInput with all that is wrong with any of them, once each.
void refuse_problems(const std::vector<Checked>& answers);

// The words of a command line, first these, then those.
std::vector<std::string> concatenated(std::vector<std::string> words,
                                      const std::vector<std::string>& more);

class Experiments {
 public:
  // `program`: r50run, by its path.
  explicit Experiments(std::string program) : program_(std::move(program)) {}

  // What is done with a variant: trained, or swept over by `r50run find-lr`, which has other ids.
  enum class Use { train, find_rate };

  // In the order of the variants; one child for all. Throws WrongInput if the file itself is wrong.
  std::vector<Checked> check(const std::vector<std::string>& files,
                             const std::vector<Settings>& variants, Use use = Use::train) const;

  // The step that a checkpoint stands at. Throws WrongInput for a file that is none.
  std::int64_t step_of(const std::string& checkpoint) const;

  // The experiment with all that it extends, all defaults and its environment written out: what a
  // later edit of any of its files no longer changes.
  std::string frozen(const std::vector<std::string>& files,
                     const std::vector<std::string>& words = {}) const;

 private:
  std::string program_;
};

// r50run as it lies beside this program; R50_RUN names another.
std::string r50run_program();

// For [launcher] program: it does not say what its variants are, so an id is made of what is set,
// and a trial is as long as run.epochs says, if that is set (a stopper needs to know), else 1
// epoch.
std::vector<Checked> check_for_program(const SweepFile& sweep,
                                       const std::vector<Settings>& variants);

// The names of the GPUs that r50run would compute on here, in the order of CUDA_VISIBLE_DEVICES;
// none where it would compute on the CPU, for want of a GPU or because it is built without CUDA.
std::vector<std::string> gpus_of_r50run();

// The same of what `r50run env --json` has printed.
std::vector<std::string> gpus_in(const std::string& env_json);

}  // namespace r50::sweep
