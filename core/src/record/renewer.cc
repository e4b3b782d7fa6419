#include "record/renewer.h"

#include <exception>
#include <utility>

#include "report/history.h"

namespace r50::record {

Renewer::Renewer(base::Files& files, std::string run_folder, std::string title,
                 std::function<void(const std::string&)> complain)
    : files_(files),
      folder_(std::move(run_folder)),
      title_(std::move(title)),
      complain_(std::move(complain)),
      thread_([this] { work(); }) {}

Renewer::~Renewer() { stop(); }

void Renewer::finish() {
  stop();
  write_all();
}

void Renewer::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Renewer::renew() {
  {
    const std::lock_guard lock(mutex_);
    asked_ = true;
  }
  changed_.notify_one();
}

void Renewer::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return asked_ || ending_; });
    if (!asked_) return;
    asked_ = false;
    lock.unlock();
    write_all();
    lock.lock();
  }
}

void Renewer::write_all() {
  try {
    const report::History history = report::read_history(files_, folder_);
    base::write_atomically(files_, folder_ + "/history.csv", report::history_csv(history));
    base::write_atomically(files_, folder_ + "/history.md", report::history_markdown(history));
    report::CurveOptions options;
    options.title = title_;
    base::write_atomically(files_, folder_ + "/curves.png", report::curves_png(history, options));
  } catch (const std::exception& error) {
    complain_(std::string("the history and curves were not renewed: ") + error.what());
  }
}

}  // namespace r50::record
