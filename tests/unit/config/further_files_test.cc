// Further files on the command line: `r50run a.toml dataset/b.toml run.epochs=5`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "config/experiment.h"
#include "config/identity.h"
#include "support/config/sample_plugins.h"
#include "support/config/text_files.h"

namespace r50::config {
namespace {

using testing::HasSubstr;

class FurtherFiles : public testing::Test {
 protected:
  FurtherFiles() {
    test::add_sample_plugins(plugins_);
    plugins_.add_schema(
        Kind::model, "plain",
        std::move(
            Schema<Plain>("A model without a stem.").field("width", &Plain::width, "channels")));
    files_.put("dataset/small.toml",
               "[dataset]\nuse = \"shapes\"\nimages = 50\nfolder = \"small\"\n"
               "[data]\nimage_size = 64\n[model]\nstem = \"small\"\n");
    files_.put("dataset/large.toml",
               "[dataset]\nuse = \"shapes\"\nfolder = \"../large\"\n"
               "[data]\nimage_size = 96\n[model]\nstem = \"imagenet\"\n");
    files_.put("recipe/sgd.toml",
               "[model]\nuse = \"resnet\"\n[optimizer]\nuse = \"sgd\"\nmomentum = 0.5\n"
               "[loss]\nuse = \"cross_entropy\"\n[scheduler]\nuse = \"cosine\"\nlr = 1\n");
    files_.put("recipe/deep.toml", "[model]\nuse = \"resnet\"\ndepth = 101\n");
    files_.put("a.toml",
               "extends = [\"dataset/small.toml\", \"recipe/sgd.toml\"]\n"
               "[run]\nepochs = 10\nbatch = 64\n[model]\ndepth = 34\n");
  }

  struct Plain {
    std::int64_t width = 8;
  };

  std::optional<Experiment> read(const std::vector<std::string>& paths, Problems& problems,
                                 const std::vector<std::string>& overrides = {}) {
    const auto document = load_document(files_, paths, words_of_command_line(overrides),
                                        process_environment(), problems);
    if (!document) return std::nullopt;
    return read_experiment(*document, "a", plugins_, problems);
  }

  Experiment read(const std::vector<std::string>& paths,
                  const std::vector<std::string>& overrides = {}) {
    Problems problems;
    auto experiment = read(paths, problems, overrides);
    if (!experiment) throw WrongInput(problems);
    return *std::move(experiment);
  }

  static std::string value(const Experiment& experiment, const std::string& table,
                           const std::string& key) {
    return experiment.resolved.table()->find(table)->table()->find(key)->toml();
  }
  static std::string origin(const Experiment& experiment, const std::string& table,
                            const std::string& key) {
    return experiment.resolved.table()->find(table)->table()->find(key)->spot().text();
  }

  test::TextFiles files_;
  test::CompiledPlugins plugins_;
};

TEST_F(FurtherFiles, MoveARecipeToOtherData) {
  const Experiment moved = read({"a.toml", "dataset/large.toml"});
  EXPECT_EQ(value(moved, "data", "image_size"), "96");
  EXPECT_EQ(value(moved, "model", "stem"), "\"imagenet\"");
  EXPECT_EQ(value(moved, "model", "depth"), "34") << "of the recipe, it stays";
  EXPECT_EQ(value(read({"a.toml"}), "dataset", "images"), "50");
  EXPECT_EQ(origin(moved, "dataset", "images"), "default")
      << "a key of the old data set is gone, though both are of one plugin";
  EXPECT_EQ(origin(moved, "data", "image_size"), "dataset/large.toml:5:14");
  EXPECT_EQ(moved.files, (std::vector<std::string>{"a.toml", "dataset/large.toml"}));
}

TEST_F(FurtherFiles, GiveTheExperimentThatTheirLineInExtendsGives) {
  files_.put("b.toml",
             "extends = [\"dataset/large.toml\", \"recipe/sgd.toml\"]\n"
             "[run]\nepochs = 10\nbatch = 64\n[model]\ndepth = 34\n");
  const Experiment moved = read({"a.toml", "dataset/large.toml"}), line = read({"b.toml"});
  EXPECT_TRUE(differences(moved.resolved, line.resolved).empty());
  EXPECT_EQ(experiment_id(moved), experiment_id(line));
  EXPECT_NE(experiment_id(moved), experiment_id(read({"a.toml"})));
}

TEST_F(FurtherFiles, HavePathsAndExtendsOfTheirOwn) {
  files_.put("/else/where/c.toml", "extends = \"deeper/d.toml\"\n[run]\nepochs = 3\n");
  files_.put("/else/where/deeper/d.toml",
             "[run]\nepochs = 4\nseed = 9\n[dataset]\nfolder = \"../pictures\"\n");
  const Experiment moved = read({"a.toml", "/else/where/c.toml"});
  EXPECT_EQ(value(moved, "run", "epochs"), "3");
  EXPECT_EQ(value(moved, "run", "seed"), "9");
  EXPECT_EQ(value(moved, "dataset", "folder"), "\"/else/where/pictures\"");
  EXPECT_EQ(value(moved, "dataset", "images"), "50") << "a table without `use` merges";
}

TEST_F(FurtherFiles, StandInOrderAndBeforeOverrides) {
  files_.put("three.toml", "[run]\nepochs = 3\n");
  files_.put("four.toml", "[run]\nepochs = 4\n");
  EXPECT_EQ(value(read({"a.toml", "three.toml", "four.toml"}), "run", "epochs"), "4");
  EXPECT_EQ(value(read({"a.toml", "four.toml", "three.toml"}), "run", "epochs"), "3");
  EXPECT_EQ(value(read({"a.toml", "three.toml"}, {"run.epochs=7"}), "run", "epochs"), "7");
}

// The data set's, not the recipe's: images of 64 pixels want a small stem in any resnet.
TEST_F(FurtherFiles, KeepWhatTheDataSetWishesOfTheModel) {
  const Experiment deep = read({"a.toml", "recipe/deep.toml"});
  EXPECT_EQ(value(deep, "model", "depth"), "101");
  EXPECT_EQ(value(deep, "model", "stem"), "\"small\"");
  files_.put("dataset/silent.toml", "[dataset]\nuse = \"shapes\"\n");
  EXPECT_EQ(value(read({"a.toml", "dataset/silent.toml"}), "model", "stem"), "\"imagenet\"")
      << "the wish of a data set that is not trained on";
}

TEST_F(FurtherFiles, LeaveOutWhatTheModelDoesNotKnow) {
  files_.put("plain.toml", "[model]\nuse = \"plain\"\nwidth = 3\n");
  for (const auto& paths : {std::vector<std::string>{"a.toml", "plain.toml"},
                            {"a.toml", "plain.toml", "dataset/large.toml"}}) {
    const Experiment plain = read(paths);
    EXPECT_EQ(value(plain, "model", "width"), "3");
    EXPECT_EQ(plain.resolved.table()->find("model")->table()->find("stem"), nullptr);
    EXPECT_THAT(plain.left_out, HasSubstr("the model 'plain' has no such key: stem (dataset/"));
    EXPECT_THAT(explain(plain, plugins_), HasSubstr("\n# left out, since the model 'plain'"));
  }
  EXPECT_EQ(read({"a.toml"}).left_out, "");
}

TEST_F(FurtherFiles, OnlyAWishIsLeftOut) {
  files_.put("typo.toml",
             "extends = \"a.toml\"\n[dataset]\nuse = \"shapes\"\n[model]\nsteem = \"small\"\n");
  Problems of_file;
  EXPECT_FALSE(read({"typo.toml"}, of_file));
  EXPECT_THAT(of_file.report(), HasSubstr("typo.toml:5:1: unknown key 'steem' in [model]"));
  files_.put("plain.toml", "[model]\nuse = \"plain\"\n");
  Problems of_word;
  EXPECT_FALSE(read({"a.toml", "plain.toml"}, of_word, {"model.stem=small"}));
  EXPECT_THAT(of_word.report(), HasSubstr("command line: unknown key 'stem' in [model]"));
}

TEST_F(FurtherFiles, AreReportedWhereTheyAreWrong) {
  files_.put("wrong.toml", "[run]\nepoch = 3\n");
  Problems problems;
  EXPECT_FALSE(read({"a.toml", "wrong.toml"}, problems));
  EXPECT_THAT(problems.report(), HasSubstr("wrong.toml:2:1: unknown key 'epoch' in [run]"));
  Problems missing;
  EXPECT_FALSE(read({"a.toml", "nowhere.toml"}, missing));
  EXPECT_THAT(missing.report(), HasSubstr("nowhere.toml: does not exist"));
}

}  // namespace
}  // namespace r50::config
