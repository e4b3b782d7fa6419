#pragma once

#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace r50::contract {

// One promise that a plugin keeps or breaks.
struct Finding {
  enum class Result { kept, broken, skipped };
  std::string promise;  // "every rate of a run is finite"
  Result result = Result::kept;
  std::string note;  // what broke it, or why it could not be looked at
};

// Thrown inside a check to end it.
struct Broken {
  std::string why;
};
struct Skipped {
  std::string why;
};

inline void expect(bool kept, const std::string& why) {
  if (!kept) throw Broken{why};
}

class Report {
 public:
  // Runs one check. Whatever it throws is a finding, never an end.
  void check(const std::string& promise, const std::function<void()>& body);

  const std::vector<Finding>& findings() const { return findings_; }
  std::size_t count(Finding::Result result) const;
  bool good() const { return count(Finding::Result::broken) == 0; }
  std::string text() const;  // one line a finding and a sum

 private:
  std::vector<Finding> findings_;
};

}  // namespace r50::contract
