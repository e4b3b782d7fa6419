#pragma once

// What launchers of other machines have in common: commands that answer or do not, and files that
// come late.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/files.h"
#include "base/process.h"
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
// `text` as a part of a job's name: letters, digits and dashes, forty at most.
std::string plain_name(const std::string& text);

// A job that is gone from its engine has written its files on another machine: on a network file
// system they may be seen later than the job's end.
class LateFiles {
 public:
  LateFiles(base::Files& files, const base::Clock& clock, double seconds)
      : files_(files), clock_(clock), seconds_(seconds) {}

  // The engine does not know the job any more: gone, once its exit code or result is there or the
  // time is over; until then it counts as alive.
  Life gone(const std::string& handle, const std::string& folder);
  // It was not gone after all.
  void seen(const std::string& handle) { since_.erase(handle); }

 private:
  base::Files& files_;
  const base::Clock& clock_;
  double seconds_;
  std::map<std::string, double> since_;
};

}  // namespace r50::sweep
