#include "checkpoint/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>

#include "checkpoint/file.h"
#include "r50/error.h"
#include "support/base/faulty_files.h"
#include "support/checkpoint/checkpoints.h"

namespace r50::checkpoint {
namespace {

using base::real_files;
using test::FaultyFiles;
using test::Operation;
using test::run_state;
using testing::ElementsAre;
using testing::HasSubstr;

class CheckpointStoreTest : public testing::Test {
 protected:
  std::unique_ptr<CheckpointStore> open(Keep keep = {}, base::Files* files = nullptr) {
    return std::make_unique<CheckpointStore>(files ? *files : disk, folder.path(), keep,
                                             [this](const std::string& text) {
                                               const std::lock_guard lock(mutex);
                                               complaints.push_back(text);
                                             });
  }

  static void save(CheckpointStore& store, std::int64_t step, SaveAs as = {}) {
    as.step = step;
    store.save(run_state(step), as);
    store.wait();
  }

  std::vector<std::string> names() { return real_files().list(folder.path()); }

  std::int64_t step_in(const std::string& name) {
    return read_checkpoint(real_files(), folder / name).child("progress").integer("step");
  }

  void damage(const std::string& name) {
    std::string content = real_files().read(folder / name);
    content[content.size() / 2] ^= 1;
    real_files().create(folder / name)->write(content);
  }

  test::TempFolder folder;
  FaultyFiles disk{folder.path()};
  std::mutex mutex;
  std::vector<std::string> complaints;
};

TEST_F(CheckpointStoreTest, KeepsTheLastFewAndChosenEpochsAndTheBest) {
  const auto store = open({.last = 2});
  save(*store, 10);
  save(*store, 20, {.epoch = 81, .for_good = true});
  store->save_best(run_state(20));
  save(*store, 30, {.epoch = 82, .for_good = true, .mid_epoch = true});
  save(*store, 40);
  EXPECT_THAT(names(), ElementsAre("best.pt", "epoch_0081.pt", "epoch_0082_step_00000030.pt",
                                   "last.pt", "step_00000030.pt", "step_00000040.pt"));
  EXPECT_EQ(step_in("last.pt"), 40);
  EXPECT_EQ(step_in("step_00000030.pt"), 30);
  EXPECT_EQ(step_in("epoch_0081.pt"), 20);
  EXPECT_EQ(step_in("best.pt"), 20);
  EXPECT_EQ(store->newest_text(), folder / "last.pt (step 40)");
  EXPECT_THAT(complaints, ElementsAre());
}

TEST_F(CheckpointStoreTest, KeepsNoHistoryIfNoneIsWanted) {
  for (const Keep keep : {Keep{.last = 1}, Keep{.last = 5, .best_only = true}}) {
    const auto store = open(keep);
    save(*store, 10);
    save(*store, 20);
    EXPECT_THAT(names(), ElementsAre("last.pt"));
  }
}

TEST_F(CheckpointStoreTest, HistoryTakesNoSpaceTwice) {
  const auto store = open();
  save(*store, 10);
  struct stat last {
  }, step{};
  ::stat((folder / "last.pt").c_str(), &last);
  ::stat((folder / "step_00000010.pt").c_str(), &step);
  EXPECT_EQ(last.st_ino, step.st_ino);
}

TEST_F(CheckpointStoreTest, WorksWithoutHardLinks) {
  disk.forbid_links();
  const auto store = open({.last = 3});
  save(*store, 10, {.epoch = 1, .for_good = true});
  save(*store, 20);
  EXPECT_THAT(names(),
              ElementsAre("epoch_0001.pt", "last.pt", "step_00000010.pt", "step_00000020.pt"));
  EXPECT_EQ(step_in("last.pt"), 20);
  EXPECT_EQ(step_in("step_00000010.pt"), 10);
  EXPECT_EQ(step_in("epoch_0001.pt"), 10);
  EXPECT_THAT(complaints, ElementsAre());
}

TEST_F(CheckpointStoreTest, FindsTheNewestOrNothing) {
  EXPECT_FALSE(open()->load_newest());
  save(*open(), 10);
  const auto store = open();
  const auto found = store->load_newest();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->file, folder / "last.pt");
  EXPECT_EQ(test::difference_to_run_state(found->archive, 10), "");
  EXPECT_EQ(store->newest_text(), folder / "last.pt");
}

TEST_F(CheckpointStoreTest, PassesOverADamagedCheckpointWithAWord) {
  save(*open(), 10);
  save(*open(), 20);
  damage("last.pt");  // and with it step 20, which is the same file
  const auto found = open()->load_newest();
  ASSERT_TRUE(found);
  EXPECT_EQ(test::difference_to_run_state(found->archive, 10), "");
  ASSERT_EQ(complaints.size(), 2u);
  EXPECT_THAT(complaints[0], HasSubstr("The checkpoint '" + folder / "last.pt" + "' is damaged"));
  EXPECT_THAT(complaints[0], HasSubstr("does not match its checksum. Resuming from '" +
                                       folder / "step_00000010.pt'."));
}

TEST_F(CheckpointStoreTest, AnUnreadableSectorCountsAsDamageButMissingPermissionDoesNot) {
  save(*open(), 10);
  save(*open(), 20);
  disk.break_reading(folder / "last.pt", EIO);
  EXPECT_EQ(open()->load_newest()->file, folder / "step_00000020.pt");
  EXPECT_THAT(complaints.at(0), HasSubstr("cannot read"));
  disk.break_reading(folder / "last.pt", EACCES);
  EXPECT_THROW(open()->load_newest(), base::FileError);
}

TEST_F(CheckpointStoreTest, NeverStartsAfreshSilentlyWhenAllAreDamaged) {
  save(*open(), 10);
  save(*open(), 20);
  damage("last.pt");
  damage("step_00000010.pt");
  try {
    open()->load_newest();
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("No checkpoint in '" + folder.path() + "' can be read:"));
    EXPECT_THAT(error.what(), HasSubstr("last.pt' is damaged"));
    EXPECT_THAT(error.what(), HasSubstr("step_00000010.pt' is damaged"));
    EXPECT_THAT(error.what(), HasSubstr("--fresh"));
  }
}

TEST_F(CheckpointStoreTest, RemovesWhatAKilledRunLeftHalfWritten) {
  real_files().create(folder / "last.pt.tmp")->write("half");
  real_files().create(folder / "notes.txt")->write("the user's own");
  const auto store = open();
  EXPECT_THAT(names(), ElementsAre("notes.txt"));
  EXPECT_FALSE(store->load_newest());
}

TEST_F(CheckpointStoreTest, AFullDiskIsToldAndTrainingGoesOn) {
  const auto store = open();
  save(*store, 10);
  disk.set_full(true);
  save(*store, 20);
  ASSERT_EQ(complaints.size(), 1u);
  EXPECT_EQ(complaints[0],
            "The checkpoint of step 20 could not be saved: cannot write '" +
                folder / "last.pt.tmp" +
                "': No space left on device. Free some space on that disk. Training continues. The "
                "newest checkpoint is " +
                folder / "last.pt" + " (step 10).");
  EXPECT_THAT(names(), ElementsAre("last.pt", "step_00000010.pt"));
  EXPECT_EQ(step_in("last.pt"), 10);
  disk.set_full(false);
  save(*store, 30);
  EXPECT_EQ(step_in("last.pt"), 30);
  EXPECT_EQ(complaints.size(), 1u);
}

TEST_F(CheckpointStoreTest, AFinalSaveThatFailsReachesTheCaller) {
  const auto store = open();
  disk.set_full(true);
  store->save(run_state(10), {.step = 10, .final = true});
  try {
    store->wait();
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("The checkpoint of step 10 could not be saved"));
    EXPECT_THAT(error.what(), HasSubstr("There is no earlier checkpoint."));
  }
  store->wait();  // reported once
}

TEST_F(CheckpointStoreTest, TheBestWeightsAreTriedAgainBeforeTheNextCheckpoint) {
  const auto store = open();
  disk.set_full(true);
  store->save_best(run_state(5));
  store->wait();
  EXPECT_THAT(complaints.at(0), HasSubstr("The best weights could not be saved"));
  save(*store, 10);
  disk.set_full(false);
  save(*store, 20);
  EXPECT_EQ(step_in("best.pt"), 5);
  EXPECT_EQ(complaints.back(), "The best weights are saved now.");
}

TEST_F(CheckpointStoreTest, BestWeightsThatNeverCouldBeSavedReachTheCaller) {
  const auto store = open();
  disk.watch([&](const Operation& operation) {
    if (operation.text() == "create best.pt.tmp") {
      throw base::FileError("write", "best.pt.tmp", EDQUOT);
    }
  });
  store->save_best(run_state(5));
  store->save(run_state(6), {.step = 6, .final = true});
  EXPECT_THROW(store->wait(), Error);
  EXPECT_EQ(step_in("last.pt"), 6);
}

TEST_F(CheckpointStoreTest, WhatACheckpointRefersToIsOnTheDiskBeforeIt) {
  const auto store = open();
  std::vector<std::string> order;
  disk.watch([&](const Operation& operation) { order.push_back(operation.text()); });
  store->save_best(run_state(1));
  store->save(run_state(1), {.step = 1, .before_publish = [&] { order.push_back("hook"); }});
  store->wait();
  const auto position = [&](const std::string& text) {
    return std::find(order.begin(), order.end(), text) - order.begin();
  };
  EXPECT_LT(position("rename best.pt"), position("create last.pt.tmp"));
  EXPECT_LT(position("sync last.pt.tmp"), position("hook"));
  EXPECT_LT(position("hook"), position("rename step_00000001.pt"));
  EXPECT_LT(position("rename step_00000001.pt"), position("rename last.pt"));
  EXPECT_LT(position("rename last.pt"), static_cast<std::ptrdiff_t>(order.size()));
}

TEST_F(CheckpointStoreTest, NothingIsPublishedIfTheHookFails) {
  const auto store = open();
  save(*store, 1);
  save(*store, 2, {.before_publish = [] { throw Error("The record cannot be synced."); }});
  EXPECT_EQ(step_in("last.pt"), 1);
  EXPECT_THAT(names(), ElementsAre("last.pt", "step_00000001.pt"));
  EXPECT_THAT(complaints.at(0), HasSubstr("could not be saved: The record cannot be synced. Tra"));
}

// Holds the writer at its first write until it is let go.
class SlowDisk {
 public:
  explicit SlowDisk(FaultyFiles& disk) {
    disk.watch([this](const Operation&) {
      std::unique_lock lock(mutex_);
      arrived_ = true;
      changed_.notify_all();
      changed_.wait(lock, [this] { return open_; });
    });
  }
  void await_writer() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return arrived_; });
  }
  void let_go() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool arrived_ = false;
  bool open_ = false;
};

TEST_F(CheckpointStoreTest, ASlowDiskPutsOffPeriodicSavesAndNeverTheFinalOne) {
  const auto store = open();
  SlowDisk slow(disk);
  EXPECT_TRUE(store->save(run_state(1), {.step = 1}));
  slow.await_writer();
  EXPECT_TRUE(store->save(run_state(2), {.step = 2}));
  EXPECT_FALSE(store->save(run_state(3), {.step = 3}));
  std::thread release([&] { slow.let_go(); });
  EXPECT_TRUE(store->save(run_state(4), {.step = 4, .final = true}));
  store->wait();
  release.join();
  EXPECT_THAT(names(), ElementsAre("last.pt", "step_00000002.pt", "step_00000004.pt"));
  EXPECT_EQ(test::difference_to_run_state(open()->load_newest()->archive, 4), "");
}

TEST_F(CheckpointStoreTest, WhatIsWrittenIsTheStateAtTheTimeOfTheCall) {
  auto store = open();
  SlowDisk slow(disk);
  Archive live = run_state(7);
  store->reserve(run_state(7));
  store->save(live, {.step = 7});
  live.child("model").tensor("weight").fill_(-1);
  live.child("progress").put("step", std::int64_t{8});
  slow.let_go();
  store.reset();  // waits for what was handed over
  EXPECT_EQ(test::difference_to_run_state(open()->load_newest()->archive, 7), "");
}

}  // namespace
}  // namespace r50::checkpoint
