#include "run/training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "data/plan.h"
#include "support/base/forwarding_files.h"
#include "support/temp_folder.h"

namespace r50::run {
namespace {

using test::TempFolder;
using testing::HasSubstr;

// The real disk, but the training thread fails at the first row of its record, while a loader's
// thread is about to report a bad image.
class FailingWhileReporting final : public test::ForwardingFiles {
 public:
  std::unique_ptr<base::OutputFile> append(const std::string& path) override {
    auto file = real().append(path);
    if (path.ends_with("/metrics.jsonl")) return std::make_unique<Record>(*this, std::move(file));
    if (path.ends_with("/log.txt")) return std::make_unique<TextLog>(*this, std::move(file));
    if (path.ends_with("/quarantine.txt")) {
      std::unique_lock lock(mutex_);
      reporting_ = true;
      changed_.notify_all();
      // Where the log does not wait for this thread, it is gone by then.
      changed_.wait_for(lock, std::chrono::milliseconds(300), [this] { return log_closed_; });
      reported_before_close = !log_closed_;
    }
    return file;
  }

  bool reported_before_close = false;

 private:
  class Forwarding : public base::OutputFile {
   public:
    Forwarding(FailingWhileReporting& disk, std::unique_ptr<base::OutputFile> file)
        : disk_(disk), file_(std::move(file)) {}
    void write(const void* data, std::size_t size) override { file_->write(data, size); }
    void sync() override { file_->sync(); }
    void close() override { file_->close(); }

   protected:
    FailingWhileReporting& disk_;
    std::unique_ptr<base::OutputFile> file_;
  };

  class Record final : public Forwarding {
   public:
    using Forwarding::Forwarding;
    void write(const void*, std::size_t) override {
      std::unique_lock lock(disk_.mutex_);
      disk_.changed_.wait(lock, [this] { return disk_.reporting_; });
      throw std::runtime_error("the training thread fails");
    }
  };

  class TextLog final : public Forwarding {
   public:
    using Forwarding::Forwarding;
    ~TextLog() override {
      const std::lock_guard lock(disk_.mutex_);
      disk_.log_closed_ = true;
      disk_.changed_.notify_all();
    }
  };

  std::mutex mutex_;
  std::condition_variable changed_;
  bool reporting_ = false, log_closed_ = false;
};

std::string image_name(std::int64_t index) {  // sorted as the data set sorts them
  return (index < 8 ? "a/" : "b/") + std::string(1, static_cast<char>('a' + index % 8)) + ".png";
}

TEST(Training, ThatFailsOutlivesItsLoadersReports) {
  const TempFolder folder;
  const std::string good =
      base::real_files().read(R50_SOURCE_DIR "/tests/unit/data/images/drawing.png");
  // The worker meets the bad image while the first batch is trained on.
  RunFacts facts;
  facts.seed = 3;
  facts.batch = 4;
  facts.train_images = 16;
  data::PlannedMicroBatch second;
  data::epoch_plan(facts, 16)->plan(0, 1, second);
  for (std::int64_t i = 0; i < 16; ++i) {
    const bool bad = i == second.samples[0].index;
    folder.write("images/train/" + image_name(i), bad ? "no image" : good);
    folder.write("images/val/" + image_name(i), good);
  }
  TrainRequest request;
  request.experiment = {folder.write("e.toml", R"(
[run]
epochs = 1
batch = 4
seed = 3
threads = 1
log_every = 1
precision = "fp32"
[data]
image_size = 16
threads = 1
max_bad = 1.0
[dataset]
use = "image_folder"
path = "images"
[model]
use = "resnet"
depth = 18
width = 32
stem = "small"
[optimizer]
use = "sgd"
[loss]
use = "cross_entropy"
[scheduler]
use = "constant"
lr = 0.01
[plugins]
path = [")" R50_BINARY_DIR R"(/lib/r50/plugins"]
)")};
  request.run_dir = folder / "run";
  request.device = "cpu";
  request.quiet = true;
  FailingWhileReporting files;
  EXPECT_THAT([&] { train(request, files); },
              testing::ThrowsMessage<std::runtime_error>(HasSubstr("the training thread fails")));
  EXPECT_TRUE(files.reported_before_close);
  EXPECT_THAT(base::real_files().read(folder / "run/log.txt"),
              HasSubstr("unreadable, replaced and written to quarantine.txt: train/"));
}

}  // namespace
}  // namespace r50::run
