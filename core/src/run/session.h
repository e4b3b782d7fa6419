#pragma once

// Everything of a run that is not training: its folder, log, loggers, checkpoints and terminal. The
// trainer speaks to it through RunSide.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "checkpoint/store.h"
#include "config/experiment.h"
#include "data/loader.h"
#include "record/loggers.h"
#include "record/metrics_file.h"
#include "record/renewer.h"
#include "record/run_folder.h"
#include "terminal/terminal.h"
#include "train/trainer.h"

namespace r50::run {

struct SessionSetup {
  base::Files* files = nullptr;
  record::RunFolder* folder = nullptr;
  terminal::Terminal* terminal = nullptr;
  terminal::TextLog* text_log = nullptr;
  checkpoint::CheckpointStore* store = nullptr;
  const config::Experiment* experiment = nullptr;
  RunFacts facts;
  std::string id;
  std::vector<record::NamedLogger> loggers;
  std::int64_t rows = 0;  // of metrics.jsonl that belong to where the run starts
  std::optional<When> until;
  const data::Loader* train = nullptr;
};

class Session final : public train::RunSide {
 public:
  explicit Session(SessionSetup setup);
  ~Session() override;

  void use(const train::Trainer& trainer) { trainer_ = &trainer; }

  void happened(const Event& event) override;
  bool at_boundary(const Progress& done, bool epoch_complete) override;
  bool hurry() override;
  void best(const WeightSet& set, const EvaluationEvent& event) override;
  void live(const StepEvent& step) override;
  double data_wait_seconds() override;

  // Interrupted: makes sure that not a step is lost.
  void save_where_it_stands();
  // After the last save: waits for the writer and the loggers. How: "done", "interrupted", ...
  void end(const std::string& how);
  void pause() { paused_ = true; }         // it stands where --until says already
  bool paused() const { return paused_; }  // by --until, not by a signal
  // A logger hangs in its sink on a thread of its own: the process must leave without destructors.
  bool loggers_left() const { return loggers_left_; }
  const std::string& unsaved() const { return unsaved_; }  // why the last save failed, or empty

 private:
  Archive snapshot() const;
  enum class Due { no, yes, for_good };
  Due due(const Progress& done, bool epoch_complete) const;
  std::string epoch_line(const EpochEvent& epoch) const;
  bool until_reached(const Progress& done, bool epoch_complete) const;
  void save(const Progress& done, bool last, bool for_good);
  void tell_costs() const;

  SessionSetup setup_;
  record::MetricsFile log_;
  record::Loggers loggers_;
  record::Renewer renewer_;
  const train::Trainer* trainer_ = nullptr;
  double saved_at_ = 0;  // clock seconds
  bool reserved_ = false;
  struct {
    int count = 0;
    double seconds = 0;  // that training stood still for them
    double longest = 0;
  } saves_;
  bool owed_ = false;  // a checkpoint that was due is not taken yet: the disk was busy
  bool slow_disk_told_ = false;
  bool paused_ = false;
  bool final_saved_ = false;
  bool log_trouble_told_ = false;
  bool loggers_left_ = false;
  std::string unsaved_;
  std::vector<EvaluationEvent> evaluations_;  // of the latest evaluated epoch
};

}  // namespace r50::run
