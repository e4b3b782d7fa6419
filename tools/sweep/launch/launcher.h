#pragma once

// Where trials run. A launcher starts a program in a folder and says later whether it is still
// alive, in this controller's life or the next one's; what became of the trial is read from its
// folder and asked of nobody.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sweep/file/sweep_file.h"

namespace r50::sweep {

struct Launch {
  std::string id;      // the trial's
  std::string folder;  // the trial's, absolute; the program's own output goes to output.txt in it
  std::string where;   // the folder to run in, absolute
  std::vector<std::string> argv;
};

enum class Life {
  alive,
  queued,  // it will run, or run on, when its turn comes
  gone,
  never,      // what was to start it ended before; it has not run, and will not
  unknown,    // the cluster did not answer, or another launcher has started it; ask again
  elsewhere,  // it was started on another machine, of whose processes nobody here can know
};

class Launcher {
 public:
  virtual ~Launcher();

  // Throws WrongInput for what will not work, before anything is begun: the engine is missing, or
  // refuses such a job.
  virtual void check(const Launch& example) { static_cast<void>(example); }

  // How many more could start now.
  virtual int room() = 0;

  // Starts them, room() at most. `write_down` gets what look() and end() need to know a trial by,
  // one line of text, and has it on disk when it returns; the program does nothing before that, so
  // that a controller that is killed here leaves no trial that nobody knows of. The program's exit
  // code is written to FOLDER/exit once it has ended; one that lies there from before is taken away
  // first. Returns how many were started, the first ones: a cluster may take no more for now.
  using WriteDown = std::function<void(const Launch& launch, const std::string& handle)>;
  virtual std::size_t start(const std::vector<Launch>& launches, const WriteDown& write_down) = 0;

  // An earlier controller has started it, and it may still run: it takes its room again.
  virtual void adopt(const std::string& handle) = 0;

  virtual Life look(const std::string& handle) = 0;

  // Asks it to save and leave (SIGTERM), or makes it leave at once.
  enum class How { gently, at_once };
  virtual void end(const std::string& handle, How how) = 0;

  // Where its threads stand, for people; empty where that cannot be seen from here.
  virtual std::string stacks(const std::string& handle) { return static_cast<void>(handle), ""; }

  // Whether the trials are in other hands once they are started: then a controller has done its
  // part for now.
  virtual bool hands_over() const { return false; }

  // Returns when something may have changed, or after that many seconds.
  virtual void wait(double seconds) = 0;
};

// Whether the handle is of any launcher but the local one.
bool is_engine_handle(const std::string& handle);

struct LaunchSite {
  std::unique_ptr<Launcher> launcher;
  int cores = 1;  // of a trial
};

// What [launcher] names. `slots`: trials at a time; 0: as many as there is place for. `where`: the
// folder trials run in. Throws WrongInput if the table lacks what its kind needs.
LaunchSite make_launch_site(const SweepFile& sweep, const std::string& sweep_folder,
                            const std::string& where, int slots,
                            const std::function<void(const std::string&)>& tell);

// "slurm" to its kind. Throws WrongInput with a near guess.
LauncherKind launcher_kind(const std::string& word);

}  // namespace r50::sweep
