// Every operation of a run's saves goes wrong in every way, one at a time.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <set>

#include "r50/error.h"
#include "run/checkpoint_store.h"
#include "support/base/faulty_files.h"
#include "support/run/checkpoints.h"

namespace r50::run {
namespace {

using base::real_files;
using test::FaultyFiles;
using test::run_state;

constexpr std::int64_t last_step = 5;

struct Story {
  std::set<std::int64_t> attempted;  // steps whose save was begun
  std::int64_t confirmed = 0;        // the newest step that certainly was on disk before the fault
  std::string final_failure;
  std::vector<std::string> complaints;
};

// A run that saves every step, in a folder that holds steps before, with all the kinds of saves.
Story run(FaultyFiles& disk, const std::string& folder, std::int64_t first) {
  Story story;
  std::mutex mutex;
  CheckpointStore store(disk, folder, {.last = 2}, [&](const std::string& text) {
    const std::lock_guard lock(mutex);
    story.complaints.push_back(text);
  });
  for (std::int64_t step = first; step <= last_step; ++step) {
    story.attempted.insert(step);
    if (step == 3) store.save_best(run_state(step));
    store.save(run_state(step),
               {.epoch = step, .step = step, .for_good = step == 4, .final = step == last_step});
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
      const bool harmless = operations[number].kind == "remove";
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
      std::vector<std::string> expected = {"epoch_0004.pt", "last.pt", "step_00000004.pt",
                                           "step_00000005.pt"};
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

// Once there is a checkpoint, no fault of a later save may take the last one away.
TEST_F(CheckpointFaults, AfterTheFirstCheckpointThereIsAlwaysOne) {
  std::size_t first_done = 0;
  while (operations[first_done].text() != "sync_folder " + operations[first_done].path)
    ++first_done;
  for (std::size_t number = first_done + 1; number < operations.size(); ++number) {
    const test::TempFolder folder;
    FaultyFiles disk(folder.path());
    disk.kill_at(static_cast<std::int64_t>(number), 500);
    EXPECT_GE(run(disk, folder.path(), 1).confirmed, 1) << name(number);
    disk.lose_power(FaultyFiles::Names::dropped);
    CheckpointStore store(real_files(), folder.path(), {}, [](const std::string&) {});
    EXPECT_TRUE(store.load_newest()) << name(number);
  }
}

}  // namespace
}  // namespace r50::run
