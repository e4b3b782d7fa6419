#pragma once

// What launchers of other machines have in common: commands that answer or do not, and files that
// come late.

#include <functional>
#include <map>
#include <optional>
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

}  // namespace r50::sweep
