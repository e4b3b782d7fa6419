// Going on from another checkpoint than the newest: --from and --branch.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "run/checkpoint_file.h"
#include "run/checkpoint_store.h"
#include "support/run/checkpoints.h"
#include "support/temp_folder.h"

namespace r50::run {
namespace {

using base::real_files;
using test::run_state;
using testing::ElementsAre;

class CheckpointRewind : public testing::Test {
 protected:
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
  CheckpointStore store{real_files(), folder.path(), {.last = 4}, [](const std::string& text) {
                          ADD_FAILURE() << "complained: " << text;
                        }};
};

TEST_F(CheckpointRewind, SetsLaterCheckpointsAside) {
  for (const std::int64_t step : {10, 20, 30}) save(step);
  const SetAside aside = store.rewind(folder / "step_00000010.pt", 10);
  EXPECT_EQ(aside.folder, folder / "set_aside");
  EXPECT_FALSE(aside.best);
  EXPECT_THAT(names(), ElementsAre("last.pt", "set_aside", "step_00000010.pt"));
  EXPECT_THAT(real_files().list(aside.folder),
              ElementsAre("last.pt", "step_00000020.pt", "step_00000030.pt"));
  EXPECT_EQ(step_in("last.pt"), 10);
  EXPECT_EQ(step_in("set_aside/last.pt"), 30);
  EXPECT_EQ(store.rewind(folder / "last.pt", 10).folder, "");
  save(15);
  EXPECT_EQ(step_in("last.pt"), 15);
}

TEST_F(CheckpointRewind, ToTheNewestStepLeavesNoTrace) {
  save(10);
  store.rewind(folder / "step_00000010.pt", 10);
  EXPECT_THAT(names(), ElementsAre("last.pt", "set_aside", "step_00000010.pt"));
  EXPECT_EQ(step_in("last.pt"), 10);
}

TEST_F(CheckpointRewind, SetsTheBestWeightsAsideOnlyIfTheyAreLater) {
  for (const std::int64_t step : {10, 20}) save(step);
  store.save_best(best_of(20));
  store.wait();
  EXPECT_FALSE(store.rewind(folder / "step_00000020.pt", 20).best);
  EXPECT_EQ(best_step(folder / "best.pt"), 20);
  const SetAside aside = store.rewind(folder / "step_00000010.pt", 10);
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
}  // namespace r50::run
