// Every operation of a run's saves goes wrong in every way, one at a time.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <mutex>

#include "checkpoint/store.h"
#include "r50/error.h"
#include "support/base/faulty_files.h"
#include "support/checkpoint/checkpoints.h"

namespace r50::checkpoint {
namespace {

using base::real_files;
using test::FaultyFiles;
using test::run_state;

constexpr std::int64_t last_step = 4;

struct Story {
  std::int64_t confirmed = 0;  // the newest step that certainly was on disk before the fault
  std::string final_failure;
  std::vector<std::string> complaints;
};

// A run that saves every step, in a folder that holds steps before, with all the kinds of saves.
Story run(FaultyFiles& disk, const std::string& folder, std::int64_t first, Keep keep = {}) {
  Story story;
  std::mutex mutex;
  CheckpointStore store(disk, folder, keep, [&](const std::string& text) {
    const std::lock_guard lock(mutex);
    story.complaints.push_back(text);
  });
  for (std::int64_t step = first; step <= last_step; ++step) {
    if (step == 2) store.save_best(run_state(step));
    store.save(run_state(step),
               {.epoch = step, .step = step, .for_good = step == 3, .final = step == last_step});
    try {
      store.wait();
    } catch (const Error& error) {
      story.final_failure = error.what();
    }
    // Complaints are how the user knows that a step is not there.
    if (story.complaints.empty() && story.final_failure.empty()) story.confirmed = step;
  }
  return story;
}

class CheckpointFaults : public testing::Test {
 protected:
  void SetUp() override {
    const test::TempFolder folder;
    FaultyFiles disk(folder.path());
    const Story story = run(disk, folder.path(), 1);
    ASSERT_TRUE(story.complaints.empty());
    operations = disk.operations();
    ASSERT_GT(operations.size(), 50u);
  }

  // What can be loaded afterwards is whole, and at least as new as what was confirmed.
  static void expect_loadable(const std::string& folder, const Story& story,
                              const std::string& what) {
    CheckpointStore store(real_files(), folder, {}, [](const std::string&) {});
    const auto found = store.load_newest();
    if (!found) {
      EXPECT_EQ(story.confirmed, 0) << what << ": all is lost";
      return;
    }
    const std::int64_t step = found->archive.child("progress").integer("step");
    EXPECT_GE(step, story.confirmed) << what;
    EXPECT_EQ(test::difference_to_run_state(found->archive, step), "") << what;
  }

  std::string name(std::size_t number) const {
    return "operation " + std::to_string(number) + ", " + operations[number].text();
  }

  std::vector<test::Operation> operations;
};

TEST_F(CheckpointFaults, AFailingOperationIsToldOrHarmlessAndTheNextSaveWorks) {
  for (std::size_t number = 0; number < operations.size(); ++number) {
    for (const std::uint64_t bytes : {0, 1000}) {
      if (bytes != 0 && operations[number].kind != "write") continue;
      const test::TempFolder folder;
      FaultyFiles disk(folder.path());
      disk.fail_at(static_cast<std::int64_t>(number), EIO, bytes);
      const Story story = run(disk, folder.path(), 1);
      expect_loadable(folder.path(), story, name(number));
      CheckpointStore store(real_files(), folder.path(), {}, [](const std::string&) {});
      const std::int64_t step = store.load_newest()->archive.child("progress").integer("step");
      if (story.final_failure.empty()) {
        EXPECT_EQ(step, last_step) << name(number);
      } else {
        EXPECT_GE(step, last_step - 1) << name(number);
      }
      const bool harmless = operations[number].text() == "remove last.pt.tmp";
      EXPECT_TRUE(harmless || !story.complaints.empty() || !story.final_failure.empty())
          << name(number) << " failed silently";
      EXPECT_TRUE(real_files().exists(folder / "best.pt")) << name(number);
    }
  }
}

TEST_F(CheckpointFaults, AKillAtAnyPointLeavesAWholeCheckpointFromWhichTheRunEnds) {
  for (std::size_t number = 0; number < operations.size(); ++number) {
    for (const std::uint64_t bytes : {0, 1000}) {
      if (bytes != 0 && operations[number].kind != "write") continue;
      const test::TempFolder folder;
      Story story;
      {
        FaultyFiles disk(folder.path());
        disk.kill_at(static_cast<std::int64_t>(number), bytes);
        story = run(disk, folder.path(), 1);
      }
      expect_loadable(folder.path(), story, name(number));
      // Continued, the same files are there as if nothing had happened.
      FaultyFiles disk(folder.path());
      const Story rest = run(disk, folder.path(), story.confirmed + 1);
      EXPECT_TRUE(rest.complaints.empty() && rest.final_failure.empty()) << name(number);
      EXPECT_EQ(rest.confirmed, last_step > story.confirmed ? last_step : 0);
      std::vector<std::string> expected = {"epoch_0003.pt", "last.pt", "step_00000003.pt",
                                           "step_00000004.pt"};
      if (real_files().exists(folder / "best.pt")) expected.insert(expected.begin(), "best.pt");
      if (story.confirmed < last_step) {
        EXPECT_EQ(real_files().list(folder.path()), expected) << name(number);
      }
    }
  }
}

TEST_F(CheckpointFaults, ALossOfPowerAtAnyPointLeavesWhatWasConfirmed) {
  for (const auto names : {FaultyFiles::Names::dropped, FaultyFiles::Names::kept}) {
    for (std::size_t number = 0; number <= operations.size(); ++number) {
      const test::TempFolder folder;
      FaultyFiles disk(folder.path());
      disk.kill_at(static_cast<std::int64_t>(number), 1000);
      const Story story = run(disk, folder.path(), 1);
      disk.lose_power(names);
      expect_loadable(folder.path(), story,
                      number < operations.size() ? name(number) : "after the end");
    }
  }
}

// Without a history there is only last.pt to lose.
TEST_F(CheckpointFaults, AfterTheFirstCheckpointThereIsAlwaysOneEvenWithoutHistory) {
  for (std::size_t number = 0;; ++number) {
    ASSERT_LT(number, operations.size());
    const test::TempFolder folder;
    FaultyFiles disk(folder.path());
    disk.kill_at(static_cast<std::int64_t>(number), 500);
    const Story story = run(disk, folder.path(), 1, {.last = 1});
    const bool reached = disk.operations().size() == number + 1;
    disk.lose_power(FaultyFiles::Names::dropped);
    expect_loadable(folder.path(), story, "operation " + std::to_string(number));
    if (!reached) {
      EXPECT_EQ(story.confirmed, last_step);
      return;
    }
  }
}

}  // namespace
}  // namespace r50::checkpoint
