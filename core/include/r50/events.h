#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace r50 {

// What happened, as plain values. Each event is one row of metrics.jsonl, numbered from 0; rows are
// the only thing loggers and reports ever see. `wall` holds what differs between two runs of the
// same experiment; everything else is exact.

struct StepWall {
  double seconds = 0;  // since the previous StepEvent
  double images_per_second = 0;
  double data_wait = 0;  // share of the time spent waiting for micro-batches, 0..1
};

struct StepEvent {         // every [run] log_every steps
  std::int64_t step = 0;   // steps done
  std::int64_t epoch = 0;  // 1-based epoch the step belongs to
  double loss = 0;         // mean over the steps since the previous StepEvent
  double lr = 0;           // of this step
  double momentum = 0;
  double grad_norm = 0;   // before clipping; 0 if clipping is off
  std::int64_t size = 0;  // pixels a side
  StepWall wall;
};

struct EpochWall {
  double seconds = 0;
  double images_per_second = 0;
  double data_wait = 0;
};

struct EpochEvent {        // after the epoch's evaluations
  std::int64_t epoch = 0;  // this many are done
  std::int64_t step = 0;
  double loss = 0;               // mean over the epoch's training images
  double lr = 0;                 // of its last step
  std::int64_t quarantined = 0;  // samples replaced so far
  EpochWall wall;
};

struct EvaluationEvent {  // one a weight set, before the epoch's EpochEvent
  std::int64_t epoch = 0;
  std::int64_t step = 0;
  std::string set;
  double loss = 0;
  double top1 = 0;  // percent
  double top5 = 0;
  std::int64_t images = 0;
  bool best = false;  // the best value of [checkpoint] metric so far
  double wall_seconds = 0;
};

using Event = std::variant<StepEvent, EvaluationEvent, EpochEvent>;

struct Row {
  std::int64_t number = 0;
  Event event;
};

}  // namespace r50
