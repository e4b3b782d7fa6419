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
    const auto document = load_document(files_, {file}, words_of_command_line(overrides),
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
  EXPECT_EQ(experiment.spec(Kind::scheduler).name, "cosine");
  const auto& stages = experiment.specs.at(Kind::augmentation);
  ASSERT_EQ(stages.size(), 2U);
  EXPECT_EQ(stages[0].when, Use::train);
  EXPECT_EQ(stages[1].when, Use::both);
  EXPECT_EQ(stages[1].from, percent(20));
  const auto& averages = experiment.specs.at(Kind::averaging);
  ASSERT_EQ(averages.size(), 2U);
  EXPECT_EQ(averages[0].name, "ema");
  EXPECT_EQ(averages[1].name, "late");
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
  const Value table = read().spec(Kind::model).table;
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

// A key that is added later must not give unfinished runs another ID, in whatever table it stands.
TEST_F(ExperimentTest, ANewKeyCountsOnlyWhereItDiffersFromItsDefault) {
  struct Inner {
    std::int64_t first = 1, later = 2;
  };
  struct Config {
    double lr = 0.1, later = 0.5;
    std::vector<double> list = {1, 2};
    Path path;
    Inner inner;
    std::vector<Inner> rows;
  };
  const auto inner = [](bool grown) {
    Schema<Inner> schema("A table.");
    schema.field("first", &Inner::first, "a number");
    if (grown) schema.field("later", &Inner::later, "a number");
    return schema;
  };
  const auto ids = [&](bool grown, const std::vector<std::string>& words) {
    test::CompiledPlugins plugins;
    test::add_sample_plugins(plugins);
    Schema<Config> schema("A scheduler of another project.");
    schema.field("lr", &Config::lr, "a rate");
    schema.tables("rows", &Config::rows, "tables", inner(grown));
    if (grown) {
      schema.field("later", &Config::later, "a number");
      schema.field("list", &Config::list, "numbers");
      schema.field("path", &Config::path, "a path");
      schema.table("inner", &Config::inner, "a table", inner(true));
    }
    plugins.add_schema(Kind::scheduler, "mine", std::move(schema));
    std::vector<std::string> all = {"scheduler.use=mine"};
    all.insert(all.end(), words.begin(), words.end());
    Problems problems;
    const auto document = load_document(files_, {"experiments/a.toml"}, words_of_command_line(all),
                                        process_environment(), problems);
    const auto experiment = read_experiment(*document, "a", plugins, problems);
    if (!experiment) throw WrongInput(problems);
    return experiment_id(*experiment);
  };
  const std::string row = "scheduler.rows=[{first = 7}]";
  const std::string before = ids(false, {row});
  EXPECT_EQ(ids(true, {row}), before);
  EXPECT_EQ(ids(true, {row, "scheduler.later=0.5"}), before) << "written, and the default";
  for (const char* other : {"scheduler.later=0.6", "scheduler.list=[1.0]", "scheduler.path=\"x\"",
                            "scheduler.inner.later=3", "scheduler.rows.0.later=3"}) {
    EXPECT_NE(ids(true, {row, other}), before) << other;
  }
}

TEST_F(ExperimentTest, IdCountsPathsWithoutTheEnvironment) {
  const auto ids = [&](const std::string& folder, const std::optional<std::string>& value) {
    std::string text = least;
    text.replace(text.find("../images"), 9, folder);
    files_.put("experiments/b.toml", text);
    const Environment environment = [&](const std::string&) { return value; };
    Problems problems;
    const auto document = load_document(files_, {"experiments/b.toml"}, {}, environment, problems);
    const auto experiment = read_experiment(*document, "b", plugins_, problems);
    if (!experiment) throw WrongInput(problems);
    return std::pair(experiment_id(*experiment), experiment_id(*experiment, IdRule::former));
  };
  const std::string typed = id();
  EXPECT_EQ(ids("../images", std::nullopt).first, typed);
  EXPECT_EQ(ids("${DATA:-../images}", std::nullopt), ids("../images", std::nullopt));
  EXPECT_EQ(ids("${DATA:-../images}", "/data").first, typed);
  EXPECT_EQ(ids("${DATA:-../images}", "/data").second, ids("/data", "").second);
  EXPECT_EQ(ids("${DATA}/images", "/a").first, ids("${DATA}/images", "/b").first);
  EXPECT_NE(ids("${DATA}/images", "/a").first, ids("${OTHER}/images", "/a").first);
  EXPECT_NE(ids("${DATA}/images", "/a").first, ids("/a/images", "/a").first);
  EXPECT_NE(id({"dataset.folder=/data"}), typed) << "a path that is typed counts as typed";
  EXPECT_EQ(id({"dataset.folder=/data"}), ids("/data", "").first);
}

// A sweep freezes explain's output, and its trials must have the IDs of the same runs by hand.
TEST_F(ExperimentTest, WhatExplainWritesKeepsTheIdWhereverTheDataLie) {
  for (const std::string folder :
       {"../images", "/images", "${DATA:-../images}", "${DATA}/images", "${=/moved:-../images}"}) {
    std::string text = least;
    text.replace(text.find("../images"), 9, folder);
    files_.put("experiments/b.toml", text);
    const auto opened = [&](const std::string& file, const std::string& data) {
      Problems problems;
      const auto document = load_document(
          files_, {file}, {}, [&](const std::string&) { return data; }, problems);
      auto experiment = read_experiment(*document, "b", plugins_, problems);
      if (!experiment) throw WrongInput(problems);
      return *std::move(experiment);
    };
    const Experiment first = opened("experiments/b.toml", "/a");
    files_.put("elsewhere/frozen.toml", explain(first, plugins_));
    const Experiment frozen = opened("elsewhere/frozen.toml", "/b");
    EXPECT_EQ(experiment_id(frozen), experiment_id(first)) << folder;
    EXPECT_EQ(frozen.resolved, first.resolved) << folder << ": the data of then, not of /b";
  }
}

TEST_F(ExperimentTest, APathThatCountsAsAnotherTextNeedsThatText) {
  files_.put("experiments/b.toml",
             std::string(least).replace(std::string(least).find("../images"), 9, "${=/images}"));
  Problems problems;
  load_document(files_, {"experiments/b.toml"}, {}, process_environment(), problems);
  EXPECT_THAT(problems.report(), testing::HasSubstr("does not say what the path counts as"));
}

// Only paths: a value from the environment is what is trained.
TEST_F(ExperimentTest, IdCountsOtherValuesOfTheEnvironment) {
  files_.put("experiments/c.toml", std::string(least) + "warmup = \"${WARMUP:-5 epochs}\"\n");
  const auto with = [&](const std::optional<std::string>& value) {
    Problems problems;
    const auto document = load_document(
        files_, {"experiments/c.toml"}, {}, [&](const std::string&) { return value; }, problems);
    const auto experiment = read_experiment(*document, "c", plugins_, problems);
    if (!experiment) throw WrongInput(problems);
    return experiment_id(*experiment);
  };
  EXPECT_NE(with("2 epochs"), with(std::nullopt));
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
  const auto document = load_document(files_, {"b/b.toml"}, {}, process_environment(), problems);
  ASSERT_TRUE(document);
  EXPECT_THAT(plugin_folders(*document, problems), ElementsAre("b/mine", "/abs"));
}

}  // namespace
}  // namespace r50::config
