#pragma once

// SLURM: trials are elements of job arrays. Each is known by a name that is written down before
// sbatch is called, so that a controller that dies in between, or an sbatch that fails after the
// cluster took the job, neither loses a trial nor doubles one. The jobs need no controller: they
// save before their time is over and queue themselves again.

#include <map>
#include <set>
#include <string>

#include "sweep/file/sweep_file.h"
#include "sweep/launch/slurm_queue.h"

namespace r50::sweep {

class SlurmLauncher final : public Launcher {
 public:
  // `folder`: of the sweep, absolute; on a file system that the nodes share.
  SlurmLauncher(const LauncherTable& table, std::string sweep, std::string folder, Engine engine);
  ~SlurmLauncher() override;

  void check(const Launch& example) override;
  int room() override;
  std::size_t start(const std::vector<Launch>& launches, const WriteDown& write_down) override;
  void adopt(const std::string& handle) override;
  Life look(const std::string& handle) override;
  void end(const std::string& handle, How how) override;
  void wait(double seconds) override;

 private:
  enum class Taken { yes, no, unknown };

  Taken submit(const std::vector<Launch>& launches, const WriteDown& write_down);
  void write_scripts(const std::vector<Launch>& launches, const std::string& name);
  std::string path_of(const std::string& name, const char* ending) const;
  std::size_t largest_array();
  void end_all();
  void cancel(const std::vector<std::string>& options, const std::vector<std::string>& ids);

  LauncherTable table_;
  std::string sweep_, folder_;
  Engine engine_;
  SlurmQueue queue_;
  LateFiles late_;
  std::map<std::string, double> ours_;  // handles of what waits or runs, and when they were given
  std::map<std::string, How> ending_;
  std::size_t largest_ = 0;  // array of this cluster; 0: not asked yet
  std::size_t limit_ = 0;    // of the next one: less after a refusal
  double again_at_ = -1e18, end_at_ = -1e18;
  std::set<std::string> told_;  // complaints; each once
};

}  // namespace r50::sweep
