#pragma once

// Any other engine, by three command lines of the user's. The engine's own id of a job is known
// only once it has been submitted; what is written down before is a token, and a job whose token is
// no longer the trial's does not run it (keeper.h).

#include <map>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/launch/engine.h"

namespace r50::sweep {

class CommandLauncher final : public EngineLauncher {
 public:
  // `folder`: of the sweep; `where`: the lines are run there. Both absolute.
  CommandLauncher(const LauncherTable& table, std::string sweep, std::string folder,
                  std::string where, Engine engine);

  void check(const Launch& example) override;
  // Throws an Error if submit's answer holds no id, or that of another trial's job.
  std::size_t start(const std::vector<Launch>& launches, const WriteDown& write_down) override;
  void adopt(const std::string& handle) override;
  Life look(const std::string& handle) override;
  void end(const std::string& handle, How how) override;

  // What poll's answer means. Exit code 0 and a first word: alive (or running), queued (pending,
  // waiting), gone (done, ended). No word: 0 is alive, 1 is gone. All else is no answer.
  static Life answer(const base::Finished& said);

 private:
  std::size_t jobs() const override { return jobs_.size(); }

  struct Job {
    std::string token, trial;
    std::string id;           // the engine's; empty: it is not known
    double asked_at = -1e18;  // by poll
    Life life = Life::queued;
    bool begun = false;      // its script
    double revoked_at = -1;  // its lease was taken away then
    double ended_at = -1e18;
    bool given_up = false;  // it cannot be reached, and is taken for dead
  };

  Job* job_of(const std::string& handle);
  bool submit(const Launch& launch, const WriteDown& write_down);
  std::string id_in(const std::string& output) const;
  Life without_id(const std::string& handle, Job& job);
  base::Finished ask(const std::string& form, const Job& job);
  bool is_known(const Job& job);

  std::string where_;
  std::regex id_pattern_;
  bool needs_id_;                    // else jobs are known by {name} alone
  std::map<std::string, Job> jobs_;  // by handle
};

// What is wrong with the three lines and the pattern, in one sentence; empty: nothing.
std::string command_fault(const LauncherTable& table);

}  // namespace r50::sweep
