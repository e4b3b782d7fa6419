#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "r50/dataset.h"

namespace r50::data {

// One line of quarantine.txt.
struct QuarantinedSample {
  Split split{};
  std::string name;
  std::string reason;
  bool operator==(const QuarantinedSample&) const = default;

  // Split, name and reason, separated by tabs. Control characters are escaped as in C.
  std::string line() const;
  // The sample in a person's sentence: escaped too, since it may go to a terminal.
  std::string text() const;
};

// Lines of another form are left out.
std::vector<QuarantinedSample> quarantined_in(std::string_view lines);

// The samples of a run that could not be read: those that all its loaders met, and those that are
// known from its earlier processes. A bad sample is still tried again whenever it comes up: what an
// epoch shows must not depend on what was seen before.
class Quarantine {
 public:
  using Tell = std::function<void(const QuarantinedSample&)>;

  // `tell` is called for each sample that is not known yet, once and by one thread at a time: in
  // the worker thread that met it.
  Quarantine(Held<Dataset> dataset, double max_bad, Tell tell,
             const std::vector<QuarantinedSample>& known = {});

  // [worker threads] Throws an Error if more samples of the split are bad than max_bad allows.
  void add(Split split, std::int64_t index, const std::string& reason);
  std::int64_t count(Split split) const;
  std::int64_t images(Split split) const { return part(split).images; }

 private:
  struct Part {
    std::int64_t images = 0;
    std::int64_t allowed = 0;
    std::set<std::string> names;  // of its bad samples
  };
  const Part& part(Split split) const { return split == Split::train ? train_ : evaluate_; }
  Part& part(Split split) { return split == Split::train ? train_ : evaluate_; }

  const Held<Dataset> dataset_;
  const double max_bad_;
  const Tell tell_;
  mutable std::mutex mutex_;
  Part train_, evaluate_;
};

}  // namespace r50::data
