#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace r50::data {

// Threads that work in rounds. Between rounds they are parked, so that the training thread may
// change what they work on without any lock in their way while they do.
class Workers {
 public:
  // `work` is called by each thread once a round; it returns when the round is over.
  Workers(int threads, std::function<void()> work);
  ~Workers();  // the caller has ended the round
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void start_round();
  // Waits until every thread has left its round, which the caller has asked them to.
  void wait_parked();

 private:
  void run();

  std::function<void()> work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t parked_ = 0;
  std::uint64_t round_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace r50::data
