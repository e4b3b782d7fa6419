#pragma once

#include <string>

namespace r50::base {

class Clock {
 public:
  virtual ~Clock();
  virtual double seconds() const = 0;       // since some moment; never goes back
  virtual double wall_seconds() const = 0;  // since 1970, UTC
  virtual void sleep(double seconds) = 0;   // [any thread] returns when they have passed
  std::string wall_text() const;            // "2026-11-21 07:23:25 UTC"
};

Clock& real_clock();

std::string wall_text(double wall_seconds);

}  // namespace r50::base
