#pragma once

// Builds everything a run is made of from an experiment and the plugin host. Nothing is written to
// disk here: whatever is wrong is found before the run folder exists.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/experiment.h"
#include "data/loader.h"
#include "machine/machine.h"
#include "plugin/host.h"
#include "r50/logger.h"
#include "record/loggers.h"
#include "train/trainer.h"

namespace r50::assemble {

// What can be known once the data set is open.
struct DataSide {
  Held<Dataset> dataset;
  RunFacts facts;
  std::int64_t micro_batch = 0;
  std::int64_t evaluate_batch = 0;
};

DataSide open_data(const config::Experiment& experiment, host::Host& host);
// The same with a data set that is open already.
DataSide data_side(const config::Experiment& experiment, const Held<Dataset>& dataset);

// What its loaders need to know from the code that uses the assembly.
struct LoaderWishes {
  std::optional<std::int64_t> steps;  // read ahead to this one only; none: to the run's end
  data::Quarantine::Tell tell;        // [worker threads] of each bad sample, once
  std::vector<data::QuarantinedSample> known;  // bad samples that earlier processes of the run met
};

struct Assembly {
  DataSide data;
  std::unique_ptr<data::Loader> train, evaluate, estimate;
  train::TrainParts parts;
  train::TrainSettings settings;
  double model_seconds = 0;  // of building and initialising the model
};

Assembly assemble(const config::Experiment& experiment, host::Host& host, DataSide data,
                  const machine::Machine& machine, LoaderWishes wishes);

std::vector<record::NamedLogger> build_loggers(const config::Experiment& experiment,
                                               host::Host& host, const LoggerFacts& facts);

}  // namespace r50::assemble
