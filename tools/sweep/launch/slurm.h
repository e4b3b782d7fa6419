#pragma once

// SLURM: trials are elements of job arrays. Each is known by a name that is written down before
// sbatch is called, so that a controller that dies in between, or an sbatch that fails after the
// cluster took the job, neither loses a trial nor doubles one. The jobs need no controller: they
// save before their time is over and queue themselves again.

#include <map>
#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/launch/engine.h"

namespace r50::sweep {

// What SLURM's queue holds of the sweep's jobs, by one squeue for all of them.

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

class SlurmQueue {
 public:
  SlurmQueue(const Engine& engine, double every) : engine_(engine), every_(every) {}

  // Asks again if the last answer is older than `every` seconds.
  void renew();
  // Now.
  void ask();
  bool answered() const { return answered_; }
  double asked_at() const { return asked_at_; }
  const SlurmJob* find(const ArrayHandle& handle) const;
  bool has_name(const std::string& name) const;

 private:
  const Engine& engine_;
  double every_;
  double asked_at_ = -1e18;
  bool answered_ = false;
  std::map<std::pair<std::string, int>, SlurmJob> jobs_;
};

// sbatch and its options, as [launcher] has them, up to the script.
std::vector<std::string> sbatch_words(const LauncherTable& table, const std::string& name,
                                      std::size_t elements, const std::string& where,
                                      const std::string& output);

// A time as SLURM's commands take it: "90" (minutes), "4:00:00", "1-12", "2-00:30". -1: no time;
// 0: no limit.
double slurm_seconds(const std::string& text);

// Throws WrongInput for a time that is none or too short to save in, and for words that would take
// a job out of the sweep's hands.
void check_slurm_table(const LauncherTable& table);

class SlurmLauncher final : public EngineLauncher {
 public:
  // `folder`: of the sweep, absolute; on a file system that the nodes share.
  SlurmLauncher(const LauncherTable& table, std::string sweep, std::string folder, Engine engine);
  ~SlurmLauncher() override;

  void check(const Launch& example) override;
  std::size_t start(const std::vector<Launch>& launches, const WriteDown& write_down) override;
  void adopt(const std::string& handle) override;
  Life look(const std::string& handle) override;
  void end(const std::string& handle, How how) override;
  void wait(double seconds) override;

 private:
  enum class Taken { yes, no, unknown };

  std::size_t jobs() const override { return ours_.size(); }
  Taken submit(const std::vector<Launch>& launches, const WriteDown& write_down);
  void write_scripts(const std::vector<Launch>& launches, const std::string& name);
  std::string path_of(const std::string& name, const char* ending) const;
  std::size_t largest_array();
  void end_all();
  void cancel(const std::vector<std::string>& options, const std::vector<std::string>& ids);

  SlurmQueue queue_;
  std::map<std::string, double> ours_;  // handles of what waits or runs, and when they were given
  std::map<std::string, How> ending_;
  std::size_t largest_ = 0;  // array of this cluster; 0: not asked yet
  std::size_t limit_ = 0;    // of the next one: less after a refusal
  double end_at_ = -1e18;
};

}  // namespace r50::sweep
