#pragma once

// What launchers of other machines have in common: commands that answer or do not, and files that
// come late. Then two of them (slurm.h has the third).

#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/process.h"
#include "sweep/file/sweep_file.h"
#include "sweep/launch/launcher.h"

namespace r50::sweep {

struct Engine {
  base::Files& files;
  base::Clock& clock;
  std::function<base::Finished(const std::vector<std::string>&, const base::ProcessOptions&)> run;
  std::function<void(const std::string&)> tell;
  std::function<void(double)> rest;  // for this number of seconds, or until a signal
};

// Commands that have not answered after two minutes are ended: exit code 124.
Engine real_engine(std::function<void(const std::string&)> tell);

// What a failed command has said, in one line.
std::string complaint(const base::Finished& finished);

// A word that no other submission has: eight hexadecimal digits.
std::string fresh_token();

// By which a trial is known from before its job was submitted: the job's name, that no other has,
// and an index into its array. The trial's id is for finding its folder.
struct ArrayHandle {
  std::string launcher;  // "slurm"
  std::string name;
  int index = 0;
  std::string trial;

  std::string text() const;  // "slurm NAME INDEX TRIAL"
  // Nothing if it is another launcher's.
  static std::optional<ArrayHandle> parse(const std::string& launcher, const std::string& text);
};

// A launcher whose trials are jobs, each with a script in its folder.
class EngineLauncher : public Launcher {
 public:
  // `folder`: of the sweep, absolute.
  EngineLauncher(const LauncherTable& table, std::string sweep, std::string folder, Engine engine);

  int room() override;
  void wait(double seconds) override { engine_.rest(seconds); }

 protected:
  virtual std::size_t jobs() const = 0;  // that wait or run

  // Of a job: the sweep's name in letters, digits and dashes, and a token.
  std::string job_name(const std::string& token) const;
  std::string folder_of(const std::string& trial) const { return folder_ + "/" + trial; }
  // run.sh, which waits for the lease of this handle. What an earlier start has left is removed.
  void write_script(const Launch& launch, const std::string& handle,
                    const std::string& start_again = "  false\n");
  // Once for each text. `more` follows it.
  void tell_once(const std::string& text, const std::string& more = "");
  // The engine does not know the job any more. Its files were written on another machine, and on a
  // network file system they may be seen late: gone, once its exit code or result is there or
  // `late_seconds` are over; until then it counts as alive.
  Life gone(const std::string& handle, const std::string& folder);
  void not_gone(const std::string& handle) { gone_since_.erase(handle); }  // after all
  void refuse_starts_for_now();  // after the engine has refused a job: for a minute

  LauncherTable table_;
  std::string sweep_, folder_;
  Engine engine_;

 private:
  double again_at_ = -1e18;
  std::map<std::string, double> gone_since_;  // by handle
  std::set<std::string> told_;
};

// Kubernetes: r50sweep writes an Indexed Job, an index a trial, and never speaks to a cluster. Who
// applies it starts the trials; they end without a controller, and a later one settles them from
// their folders, which lie on a volume that both see under one path.

struct KubernetesJob {
  std::string name;   // a DNS label
  std::string list;   // file: a trial's folder a line
  std::string where;  // to run in
  std::string mount;  // the volume's place, here and there
  std::size_t trials = 0;
  std::int64_t retries = 3;  // of a trial
};

// The manifest: a Job of the API batch/v1, as of Kubernetes 1.29 (backoffLimitPerIndex).
std::string kubernetes_manifest(const LauncherTable& table, const KubernetesJob& job);

class KubernetesLauncher final : public EngineLauncher {
 public:
  // `folder`: of the sweep, absolute. Its volume is mounted where runs/ lies.
  KubernetesLauncher(const SweepFile& sweep, std::string folder, Engine engine);

  void check(const Launch& example) override;
  int room() override;  // the slots are the manifest's business
  std::size_t start(const std::vector<Launch>& launches, const WriteDown& write_down) override;
  void adopt(const std::string& handle) override { out_.insert(handle); }
  Life look(const std::string& handle) override;
  void end(const std::string& handle, How how) override;
  bool hands_over() const override { return true; }

 private:
  std::size_t jobs() const override { return out_.size(); }

  std::string mount_;
  std::int64_t retries_;
  std::set<std::string> out_;  // handles of trials in the cluster's hands
};

// Any other engine, by three command lines of the user's. The engine's own id of a job is known
// only once it has been submitted; what is written down before is a token, and a job whose token is
// no longer the trial's does not run it (keeper.h).

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
