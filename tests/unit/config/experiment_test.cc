#include "config/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "config/document.h"
#include "config/identity.h"
#include "support/config/sample_plugins.h"
#include "support/config/text_files.h"

namespace r50::config {
namespace {

using testing::ElementsAre;

const char* const least = R"(
[run]
epochs = 10
batch = 64
[dataset]
use = "shapes"
folder = "../images"
[model]
use = "resnet"
[optimizer]
use = "sgd"
[loss]
use = "cross_entropy"
[scheduler]
use = "cosine"
lr = 1
)";

class ExperimentTest : public testing::Test {
 protected:
  ExperimentTest() {
    test::add_sample_plugins(plugins_);
    files_.put("experiments/a.toml", least);
  }

  Experiment read(const std::vector<std::string>& overrides = {},
                  const std::string& file = "experiments/a.toml") {
    Problems problems;
    const auto document = load_document(files_, file, words_of_command_line(overrides),
                                        process_environment(), problems);
    if (!document) throw WrongInput(problems);
    auto experiment = read_experiment(*document, "a", plugins_, problems);
    if (!experiment) throw WrongInput(problems);
    return *std::move(experiment);
  }
  std::string id(const std::vector<std::string>& overrides = {}) {
    return experiment_id(read(overrides));
  }

  test::TextFiles files_;
  test::CompiledPlugins plugins_;
};

TEST_F(ExperimentTest, HasItsTablesAndPlugins) {
  const Experiment experiment =
      read({"run.precision=bf16", "checkpoint.keep_every=10 epochs",
            "augmentation=[{use=\"flip\"}, {use=\"normalize\", when=\"both\", from=\"20%\"}]",
            "averaging=[{use=\"ema\"}, {use=\"swa\", name=\"late\"}]"});
  EXPECT_EQ(experiment.name, "a");
  EXPECT_EQ(experiment.run.epochs, 10);
  EXPECT_EQ(experiment.run.precision, Precision::bf16);
  EXPECT_EQ(experiment.checkpoint.keep_every, epochs(10));
  EXPECT_EQ(experiment.scheduler.name, "cosine");
  ASSERT_EQ(experiment.augmentation.size(), 2U);
  EXPECT_EQ(experiment.augmentation[0].when, Use::train);
  EXPECT_EQ(experiment.augmentation[1].when, Use::both);
  EXPECT_EQ(experiment.augmentation[1].from, percent(20));
  ASSERT_EQ(experiment.averaging.size(), 2U);
  EXPECT_EQ(experiment.averaging[0].name, "ema");
  EXPECT_EQ(experiment.averaging[1].name, "late");
}

TEST_F(ExperimentTest, PathsAreRelativeToTheFileOrTheCurrentDirectory) {
  const std::string here = std::filesystem::current_path().string();
  const auto folder = [](const Experiment& experiment) {
    return *experiment.resolved.table()->find("dataset")->table()->find("folder")->text();
  };
  EXPECT_EQ(folder(read()), here + "/images");
  EXPECT_EQ(folder(read({"dataset.folder=images"})), here + "/images");
  EXPECT_EQ(folder(read({"dataset.folder=/data"})), "/data");
}

TEST_F(ExperimentTest, PluginFilesAreSeenFromAnywhere) {
  const Value table = read().model.table;
  EXPECT_EQ(*table.table()->find("use")->text(), "resnet");
  try {
    read({"model.use=./mine.so"});
    FAIL() << "there is no such plugin";
  } catch (const WrongInput& error) {
    EXPECT_THAT(error.what(),
                testing::HasSubstr(std::filesystem::current_path().string() + "/mine.so"));
  }
}

TEST_F(ExperimentTest, IdSaysWhatIsTrained) {
  const std::string first = id();
  EXPECT_EQ(id(), first);
  EXPECT_NE(id({"scheduler.lr=2"}), first);
  EXPECT_NE(id({"run.seed=2"}), first);
  EXPECT_NE(id({"dataset.folder=../other"}), first);
  EXPECT_EQ(id({"scheduler.lr=1.0"}), first) << "1 and 1.0 are the same rate";
  EXPECT_EQ(id({"evaluate.every=1 epochs"}), first) << "as by default";
  for (const char* of_no_account :
       {"logger=[{use=\"csv\"}]", "checkpoint.keep=5", "data.threads=3", "data.ring=3",
        "run.threads=2", "run.folder=elsewhere", "run.name=other", "plugins.path=[\"x\"]"}) {
    EXPECT_EQ(id({of_no_account}), first) << of_no_account;
  }
}

// A project that is moved, or cloned elsewhere, finds its runs.
TEST_F(ExperimentTest, IdCountsPathsAsWritten) {
  files_.put("/home/other/project/experiments/a.toml", least);
  EXPECT_EQ(experiment_id(read({}, "/home/other/project/experiments/a.toml")), id());
}

TEST_F(ExperimentTest, DifferencesNameKeys) {
  const auto found = differences(read({"averaging=[{use=\"ema\"}]"}).resolved,
                                 read({"scheduler.lr=0.5", "averaging=[{use=\"ema\", decay=0.9}]",
                                       "checkpoint.keep_every=\"5 epochs\""})
                                     .resolved);
  std::vector<std::string> lines;
  lines.reserve(found.size());
  for (const Difference& one : found) lines.push_back(one.key + ": " + one.from + " -> " + one.to);
  EXPECT_THAT(lines, ElementsAre("scheduler.lr: 1.0 -> 0.5", "averaging.0.decay: 0.5 -> 0.9",
                                 "checkpoint.keep_every:  -> \"5 epochs\""));
}

TEST_F(ExperimentTest, PluginFoldersAreKnownBeforePlugins) {
  files_.put("b/b.toml", "[plugins]\npath = [\"mine\", \"/abs\"]\n");
  Problems problems;
  const auto document = load_document(files_, "b/b.toml", {}, process_environment(), problems);
  ASSERT_TRUE(document);
  EXPECT_THAT(plugin_folders(*document, problems), ElementsAre("b/mine", "/abs"));
}

}  // namespace
}  // namespace r50::config
