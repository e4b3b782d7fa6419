#include "checkpoint/store.h"

#include <absl/strings/str_format.h>

#include <ATen/core/Tensor.h>

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "checkpoint/folder.h"
#include "checkpoint/snapshot.h"
#include "r50/error.h"

namespace r50::checkpoint {
namespace {

struct Buffer {
  Archive archive;
  bool busy = false;
};

struct Job {
  enum class Kind { checkpoint, best, room };
  Job(Kind the_kind, Buffer* the_buffer) : kind(the_kind), buffer(the_buffer) {}
  Kind kind;
  Buffer* buffer;
  SaveAs as;     // for Kind::checkpoint
  Archive live;  // for Kind::room: what room is needed for
};

// What went wrong, and what the user can do about it.
std::string reason_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const base::FileError& error) {
    const bool full = error.code() == ENOSPC || error.code() == EDQUOT;
    return std::string(error.what()) + (full ? ". Free some space on that disk." : ".");
  } catch (const std::exception& error) {
    const std::string text = error.what();
    return text.empty() || text.back() == '.' ? text : text + ".";
  } catch (...) {
    return "for an unknown reason.";
  }
}

}  // namespace

struct CheckpointStore::Impl {
  Impl(base::Files& files, std::string path, Keep keep, Complain complain_to)
      : complain(complain_to),
        folder(files, std::move(path), keep, std::move(complain_to)),
        writer([this] { write_all(); }) {}

  ~Impl() {
    {
      const std::lock_guard lock(mutex);
      ending = true;
    }
    changed.notify_all();
    writer.join();
  }

  // One that has been used is taken before one that would have to be allocated.
  static Buffer* free_one(std::array<Buffer, 2>& buffers) {
    Buffer* found = nullptr;
    for (Buffer& buffer : buffers) {
      if (!buffer.busy && (!found || found->archive.empty())) found = &buffer;
    }
    return found;
  }

  Buffer* take(std::array<Buffer, 2>& buffers, bool patient) {
    std::unique_lock lock(mutex);
    if (patient) changed.wait(lock, [&] { return free_one(buffers) != nullptr; });
    Buffer* buffer = free_one(buffers);
    if (buffer) buffer->busy = true;
    return buffer;
  }

  void hand_over(Job job) {
    {
      const std::lock_guard lock(mutex);
      queue.push_back(std::move(job));
    }
    changed.notify_all();
  }

  void release(Buffer* buffer) {
    {
      const std::lock_guard lock(mutex);
      buffer->busy = false;
    }
    changed.notify_all();
  }

  // [writer thread from here on]
  void write_all() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return ending || !queue.empty(); });
      if (queue.empty()) return;
      Job job = std::move(queue.front());
      queue.pop_front();
      writing = true;
      lock.unlock();
      switch (job.kind) {
        case Job::Kind::checkpoint:
          write_checkpoint(job);
          break;
        case Job::Kind::best:
          write_best(job.buffer);
          break;
        case Job::Kind::room:
          make_room_ahead(job);
          break;
      }
      lock.lock();
      writing = false;
      changed.notify_all();
    }
  }

  void make_room_ahead(Job& job) {
    try {
      make_room(job.live, job.buffer->archive);
    } catch (const std::exception&) {  // no memory: the first save will say so
    }
    job.live = {};
    release(job.buffer);
  }

  void write_best(Buffer* buffer) {
    if (unsaved_best) release(std::exchange(unsaved_best, nullptr));
    try {
      folder.publish_best(buffer->archive);
      release(buffer);
    } catch (...) {
      unsaved_best = buffer;
      best_failure = reason_of(std::current_exception());
      complain("The best weights could not be saved: " + best_failure +
               " They are kept in memory and tried again with the next checkpoint.");
    }
  }

  void retry_best() {
    if (!unsaved_best) return;
    try {
      folder.publish_best(unsaved_best->archive);
      release(std::exchange(unsaved_best, nullptr));
      complain("The best weights are saved now.");
    } catch (...) {
      best_failure = reason_of(std::current_exception());
    }
  }

  // Writing costs a core some tenths of a second, which the compute threads need more. Only this
  // thread is meant; and only from the first checkpoint on, since the room must be there by then.
  void give_way() {
    if (std::exchange(gives_way, true)) return;
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10);
  }

  void write_checkpoint(const Job& job) {
    give_way();
    retry_best();
    std::string failure;
    try {
      folder.publish(job.buffer->archive, job.as);
      const std::lock_guard lock(mutex);
      newest = absl::StrFormat("%s (step %d)", folder.last(), job.as.step);
    } catch (...) {
      failure = absl::StrFormat("The checkpoint of step %d could not be saved: %s", job.as.step,
                                reason_of(std::current_exception()));
    }
    if (job.as.final) {
      if (failure.empty() && unsaved_best) {
        failure = "The best weights could not be saved: " + best_failure;
      }
      if (!failure.empty()) failure += " " + newest_one();
      const std::lock_guard lock(mutex);
      final_failure = failure;
    } else if (!failure.empty()) {
      complain(failure + " Training continues. " + newest_one());
    }
    release(job.buffer);
  }

  std::string newest_one() const {
    const std::lock_guard lock(mutex);
    return newest.empty() ? "There is no earlier checkpoint."
                          : "The newest checkpoint is " + newest + ".";
  }

  Complain complain;
  CheckpointFolder folder;
  std::array<Buffer, 2> checkpoints;
  std::array<Buffer, 2> bests;

  // Of the writer thread alone.
  Buffer* unsaved_best = nullptr;
  std::string best_failure;
  bool gives_way = false;

  mutable std::mutex mutex;  // guards what follows, and Buffer::busy
  std::condition_variable changed;
  std::deque<Job> queue;
  bool writing = false;
  bool ending = false;
  std::string newest;
  std::string final_failure;

  std::thread writer;  // last: it uses all of the above
};

CheckpointStore::CheckpointStore(base::Files& files, std::string folder, Keep keep,
                                 Complain complain)
    : impl_(std::make_unique<Impl>(files, std::move(folder), keep, std::move(complain))) {}

CheckpointStore::~CheckpointStore() = default;

void CheckpointStore::reserve(Archive live) {
  Buffer* buffer = impl_->take(impl_->checkpoints, true);
  Job job(Job::Kind::room, buffer);
  job.live = std::move(live);
  impl_->hand_over(std::move(job));
}

bool CheckpointStore::save(const Archive& live, const SaveAs& as) {
  Buffer* buffer = impl_->take(impl_->checkpoints, as.final || as.for_good);
  if (!buffer) return false;
  try {
    take_snapshot(live, buffer->archive);
  } catch (...) {
    impl_->release(buffer);
    throw;
  }
  Job job(Job::Kind::checkpoint, buffer);
  job.as = as;
  impl_->hand_over(std::move(job));
  return true;
}

void CheckpointStore::save_best(const Archive& live) {
  Buffer* buffer = impl_->take(impl_->bests, true);
  try {
    take_snapshot(live, buffer->archive);
  } catch (...) {
    impl_->release(buffer);
    throw;
  }
  impl_->hand_over(Job(Job::Kind::best, buffer));
}

void CheckpointStore::wait() {
  std::unique_lock lock(impl_->mutex);
  impl_->changed.wait(lock, [&] { return impl_->queue.empty() && !impl_->writing; });
  if (!impl_->final_failure.empty()) {
    throw Error(std::exchange(impl_->final_failure, std::string()));
  }
}

std::optional<FoundCheckpoint> CheckpointStore::load_newest() {
  auto found = impl_->folder.newest();
  const std::lock_guard lock(impl_->mutex);
  if (found) impl_->newest = found->file;
  return found;
}

SetAside CheckpointStore::rewind(const std::string& file, const Progress& stands) {
  SetAside aside = impl_->folder.rewind(file, stands);
  const std::lock_guard lock(impl_->mutex);
  impl_->newest = absl::StrFormat("%s (step %d)", impl_->folder.last(), stands.step);
  return aside;
}

bool CheckpointStore::adopt_best(const std::string& file, std::int64_t step) {
  return impl_->folder.adopt_best(file, step);
}

std::string CheckpointStore::newest_text() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->newest.empty() ? "none" : impl_->newest;
}

}  // namespace r50::checkpoint
