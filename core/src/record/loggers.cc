#include "record/loggers.h"

#include <chrono>
#include <utility>

#include "record/logger_thread.h"
#include "report/format.h"

namespace r50::record {

struct Loggers::Impl {
  std::shared_ptr<LoggerDoor> door;
  std::vector<std::shared_ptr<LoggerThread>> threads;
  bool ended = false;
};

Loggers::Loggers(std::vector<NamedLogger> loggers, base::Files& files, std::string log_path,
                 std::int64_t next, std::function<void(const std::string&)> complain,
                 std::size_t capacity)
    : impl_(std::make_unique<Impl>()) {
  impl_->door = std::make_shared<LoggerDoor>(files, std::move(log_path), std::move(complain));
  for (NamedLogger& logger : loggers) {
    impl_->threads.push_back(
        std::make_shared<LoggerThread>(std::move(logger), impl_->door, next, capacity));
    LoggerThread::start(impl_->threads.back());
  }
}

Loggers::~Loggers() { end("failed", 1); }

void Loggers::row(const Row& row) {
  for (const auto& thread : impl_->threads) thread->row(row);
}

void Loggers::flush() {
  for (const auto& thread : impl_->threads) thread->flush();
}

std::size_t Loggers::end(const std::string& how, double patience_seconds) {
  if (std::exchange(impl_->ended, true)) return 0;
  for (const auto& thread : impl_->threads) thread->end(how);
  const auto patience = std::chrono::duration_cast<std::chrono::steady_clock::duration>(
      std::chrono::duration<double>(patience_seconds));
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::size_t left = 0;
  for (const auto& thread : impl_->threads) {
    if (thread->join_until(deadline)) continue;
    ++left;
    impl_->door->complain("The logger '" + thread->name() + "' has not finished within " +
                          report::duration(patience_seconds) +
                          " and is left behind: its sink may lack the last rows. They stand in "
                          "metrics.jsonl.");
  }
  impl_->door->close();
  return left;
}

}  // namespace r50::record
