#pragma once

// What a sweep knows, on disk: one row a trial. Opened by the controller alone, and locked for as
// long; the trials themselves never touch it, and everybody else reads status.json. It is a cache
// of what the trials' folders say: lost or damaged, it is made again from them.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/files.h"
#include "sweep/trial/trial.h"

namespace r50::sweep {

class Ledger {
 public:
  // Throws an Error where the file is damaged or another controller has it, WrongInput where a
  // newer r50sweep has written it.
  explicit Ledger(const std::string& path);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  std::vector<Trial> trials();                 // in the order of their numbers
  void put(const Trial& trial);                // by its number
  void put(const std::vector<Trial>& trials);  // all or none

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

// Opens SWEEP/ledger.db. A damaged one is set aside; what it lacks, or knows only the beginning of
// (it was missing, emptied, or its write-ahead log was lost), comes from the trial.json of the
// sweep's folders; `tell` reports it.
std::unique_ptr<Ledger> open_ledger(base::Files& files, const std::string& sweep_folder,
                                    const std::function<void(const std::string&)>& tell);

}  // namespace r50::sweep
