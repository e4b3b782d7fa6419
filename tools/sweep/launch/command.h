#pragma once

// Any other engine, by three command lines of the user's. The engine's own id of a job is known
// only once it has been submitted; what is written down before is a token, and a job whose token is
// no longer the trial's does not run it (keeper.h).

#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"
#include "sweep/launch/engine.h"

namespace r50::sweep {

class CommandLauncher final : public Launcher {
 public:
  // `folder`: of the sweep; `where`: the lines are run there. Both absolute.
  CommandLauncher(const LauncherTable& table, std::string sweep, std::string folder,
                  std::string where, Engine engine);
  ~CommandLauncher() override;

  void check(const Launch& example) override;
  int room() override;
  // Throws an Error if submit's answer holds no id, or that of another trial's job.
  std::size_t start(const std::vector<Launch>& launches, const WriteDown& write_down) override;
  void adopt(const std::string& handle) override;
  Life look(const std::string& handle) override;
  void end(const std::string& handle, How how) override;
  void wait(double seconds) override;

  // What poll's answer means. Exit code 0 and a first word: alive (or running), queued (pending,
  // waiting), gone (done, ended). No word: 0 is alive, 1 is gone. All else is no answer.
  static Life answer(const base::Finished& said);

 private:
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
  std::string name_of(const Job& job) const;
  void tell_once(const std::string& text);
  std::string folder_of(const Job& job) const { return folder_ + "/" + job.trial; }

  LauncherTable table_;
  std::string sweep_, folder_, where_;
  Engine engine_;
  LateFiles late_;
  std::regex id_pattern_;
  bool needs_id_;                    // else jobs are known by {name} alone
  std::map<std::string, Job> jobs_;  // by handle
  double again_at_ = -1e18;
  std::set<std::string> told_;
};

// What is wrong with the three lines and the pattern, in one sentence; empty: nothing.
std::string command_fault(const LauncherTable& table);

// A user's command line with places for values: "qsub -N {name} {script}".

// `known`: the places there are. What is wrong with the line, in one sentence; empty: nothing. An
// unknown place, and one inside quotes, are wrong: a value comes with quotes of its own. Braces of
// the shell's own (${HOME}, {a,b}) are left alone.
std::string template_fault(const std::string& line, const std::vector<std::string>& known);

// Every place filled by its value, quoted for the shell.
std::string fill_template(const std::string& line,
                          const std::map<std::string, std::string>& values);

}  // namespace r50::sweep
