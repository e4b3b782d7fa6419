#include "sweep/roster/opened_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "support/temp_folder.h"

namespace r50::sweep {
namespace {

// A sweep whose r50run is a script: it gives each variant the ID "now" and the former ID "before".
class OpenedSweepTest : public testing::Test {
 protected:
  OpenedSweepTest() {
    folder_.write(
        "s.toml",
        "base = \"e.toml\"\n[metric]\nname = \"top1\"\n[parameters]\na = {values = [1, 2]}\n");
    folder_.write("e.toml", "");
    folder_.write(
        "r50run",
        "#!/bin/sh\nwhile read -r line; do echo '{\"id\": \"now\", \"former_id\": \"before\", "
        "\"epochs\": 3, \"steps_per_epoch\": 5, \"predictable\": true, \"metrics\": [\"top1\"], "
        "\"resolved\": \"{}\"}'; done\n");
    const std::string program = folder_ / "r50run";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    std::filesystem::current_path(folder_.path());  // runs/ lies here
    ::setenv("R50_RUN", program.c_str(), 1);
  }
  ~OpenedSweepTest() override {
    ::unsetenv("R50_RUN");
    std::filesystem::current_path(before_);
  }

  static std::vector<std::string> ids() {
    const OpenedSweep opened("s.toml");
    std::vector<std::string> ids;
    for (const Checked& one : opened.ask()({{{"a", Value(1)}}, {{"a", Value(2)}}})) {
      ids.push_back(one.id);
    }
    return ids;
  }

  test::TempFolder folder_;
  std::filesystem::path before_ = std::filesystem::current_path();
};

TEST_F(OpenedSweepTest, ATrialHasTheIdOfNow) {
  EXPECT_THAT(ids(), testing::ElementsAre("now", "now"));
}

TEST_F(OpenedSweepTest, ATrialThatWasBegunUnderItsFormerIdKeepsIt) {
  std::filesystem::create_directories("runs/s/before");
  EXPECT_THAT(ids(), testing::ElementsAre("before", "before"));
}

}  // namespace
}  // namespace r50::sweep
