// Resuming from another checkpoint than the newest: --from and --branch.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checkpoint/file.h"
#include "checkpoint/store.h"
#include "support/checkpoint/checkpoints.h"
#include "support/temp_folder.h"

namespace r50::checkpoint {
namespace {

using base::real_files;
using test::run_state;
using testing::ElementsAre;

class CheckpointRewind : public testing::Test {
 protected:
  static Progress at(std::int64_t step) {
    return {.step = step, .length = {.epochs = 9, .steps_per_epoch = 10}};
  }

  void save(std::int64_t step) {
    store.save(run_state(step), {.step = step});
    store.wait();
  }

  // Best weights as a run saves them, of a step.
  static Archive best_of(std::int64_t step) {
    Archive best;
    best.child("best").put("step", step);
    return best;
  }

  std::vector<std::string> names() { return real_files().list(folder.path()); }

  static std::int64_t number(const std::string& file, const std::string& child) {
    return read_checkpoint(real_files(), file).child(child).integer("step");
  }
  std::int64_t step_in(const std::string& name) { return number(folder / name, "progress"); }
  static std::int64_t best_step(const std::string& file) { return number(file, "best"); }

  test::TempFolder folder;
  CheckpointStore store{real_files(), folder.path(), {.last = 9}, [](const std::string& text) {
                          ADD_FAILURE() << "complained: " << text;
                        }};
};

TEST_F(CheckpointRewind, SetsLaterCheckpointsAside) {
  for (const std::int64_t step : {10, 20, 30}) save(step);
  const SetAside aside = store.rewind(folder / "step_00000010.pt", at(10));
  EXPECT_EQ(aside.folder, folder / "set_aside");
  EXPECT_FALSE(aside.best);
  EXPECT_THAT(names(), ElementsAre("last.pt", "set_aside", "step_00000010.pt"));
  EXPECT_THAT(real_files().list(aside.folder),
              ElementsAre("last.pt", "step_00000020.pt", "step_00000030.pt"));
  EXPECT_EQ(step_in("last.pt"), 10);
  EXPECT_EQ(step_in("set_aside/last.pt"), 30);
  EXPECT_EQ(store.rewind(folder / "last.pt", at(10)).folder, "");
  save(15);
  EXPECT_EQ(step_in("last.pt"), 15);
}

// Else, were last.pt damaged, the run would resume in the future that was given up.
TEST_F(CheckpointRewind, SetsLaterCheckpointsAsideThatWereKeptForGood) {
  const auto keep = [&](std::int64_t epoch, std::int64_t step) {
    store.save(run_state(step),
               {.epoch = epoch, .step = step, .for_good = true, .mid_epoch = step % 10 != 0});
    store.wait();
  };
  for (const std::int64_t step : {10, 15, 18, 20, 30}) keep(step / 10, step);
  const SetAside aside = store.rewind(folder / "epoch_0001_step_00000015.pt", at(15));
  EXPECT_THAT(names(), ElementsAre("epoch_0001.pt", "epoch_0001_step_00000015.pt", "last.pt",
                                   "set_aside", "step_00000010.pt", "step_00000015.pt"));
  EXPECT_THAT(real_files().list(aside.folder),
              ElementsAre("epoch_0001_step_00000018.pt", "epoch_0002.pt", "epoch_0003.pt",
                          "last.pt", "step_00000018.pt", "step_00000020.pt", "step_00000030.pt"));
}

TEST_F(CheckpointRewind, ToTheNewestStepLeavesNoTrace) {
  save(10);
  store.rewind(folder / "step_00000010.pt", at(10));
  EXPECT_THAT(names(), ElementsAre("last.pt", "set_aside", "step_00000010.pt"));
  EXPECT_EQ(step_in("last.pt"), 10);
}

TEST_F(CheckpointRewind, SetsTheBestWeightsAsideOnlyIfTheyAreLater) {
  for (const std::int64_t step : {10, 20}) save(step);
  store.save_best(best_of(20));
  store.wait();
  EXPECT_FALSE(store.rewind(folder / "step_00000020.pt", at(20)).best);
  EXPECT_EQ(best_step(folder / "best.pt"), 20);
  const SetAside aside = store.rewind(folder / "step_00000010.pt", at(10));
  EXPECT_TRUE(aside.best);
  EXPECT_EQ(best_step(aside.folder + "/best.pt"), 20);
  EXPECT_FALSE(real_files().exists(folder / "best.pt"));
}

TEST_F(CheckpointRewind, ABranchTakesTheBestWeightsUpToItsStep) {
  const test::TempFolder other;
  write_checkpoint(real_files(), other / "best.pt", best_of(20));
  EXPECT_FALSE(store.adopt_best(other / "best.pt", 10));
  EXPECT_FALSE(real_files().exists(folder / "best.pt"));
  EXPECT_TRUE(store.adopt_best(other / "best.pt", 20));
  EXPECT_EQ(best_step(folder / "best.pt"), 20);
  EXPECT_FALSE(store.adopt_best(other / "none.pt", 20));
}

}  // namespace
}  // namespace r50::checkpoint
