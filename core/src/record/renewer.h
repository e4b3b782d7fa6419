#pragma once

// Renews history.csv, history.md and curves.png from metrics.jsonl in the background, so that no
// step waits for a picture.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/files.h"

namespace r50::record {

class Renewer {
 public:
  // `complain` is called on the renewer's thread with what could not be written.
  Renewer(base::Files& files, std::string run_folder, std::string title,
          std::function<void(const std::string&)> complain);
  ~Renewer();

  void renew();   // asks; never waits. Several askings may become one renewal.
  void finish();  // renews a last time and returns when that is done

 private:
  void work();
  void stop();
  void write_all();

  base::Files& files_;
  std::string folder_, title_;
  std::function<void(const std::string&)> complain_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace r50::record
