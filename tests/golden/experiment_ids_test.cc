// IDs never change: tests/golden/experiment_ids.txt keeps those of every file of experiments/, as
// they were when the first of them was recorded.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "assemble/opened.h"
#include "config/identity.h"

namespace r50::test {
namespace {

namespace fs = std::filesystem;

const char* const places[] = {"IMAGENET", "IMAGENETTE", "KAGGLE_SUBSET", "TINY_IMAGENET"};

struct Ids {
  std::string run, find_lr, former_run, former_find_lr;
};

std::map<std::string, Ids> recorded() {
  std::ifstream file(std::string(R50_SOURCE_DIR) + "/tests/golden/experiment_ids.txt");
  std::map<std::string, Ids> all;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("#")) continue;
    std::istringstream words(line);
    std::string name;
    Ids ids;
    words >> name >> ids.run >> ids.find_lr >> ids.former_run >> ids.former_find_lr;
    all[name] = ids;
  }
  return all;
}

config::Experiment open(const std::string& file, config::SchedulerRates rates) {
  const std::vector<std::string> no_words;
  return assemble::open_experiment(base::real_files(), {file}, no_words, rates).experiment;
}

class ExperimentIds : public testing::Test {
 protected:
  ExperimentIds() { fs::current_path(R50_SOURCE_DIR); }
  ~ExperimentIds() override { data_lie_in(nullptr); }

  static void data_lie_in(const char* folder) {
    for (const char* name : places) {
      folder ? ::setenv(name, folder, 1) : ::unsetenv(name);
    }
  }

  static void expect_ids() {
    for (const auto& [file, ids] : recorded()) {
      const auto run = open(file, config::SchedulerRates::from_files);
      const auto find_lr = open(file, config::SchedulerRates::stand_in);
      EXPECT_EQ(config::experiment_id(run), ids.run) << file;
      EXPECT_EQ(config::find_lr_id(find_lr), ids.find_lr) << file;
    }
  }
};

TEST_F(ExperimentIds, OfEveryFileAreRecorded) {
  const auto known = recorded();
  for (const auto& entry : fs::directory_iterator("experiments")) {
    if (entry.path().extension() != ".toml") continue;
    EXPECT_TRUE(known.count(entry.path().string()))
        << "tests/golden/experiment_ids.txt lacks " << entry.path();
  }
}

TEST_F(ExperimentIds, NeverChange) {
  data_lie_in(nullptr);
  expect_ids();
}

TEST_F(ExperimentIds, AreTheSameWhereverTheDataLie) {
  for (const char* folder : {"/tmp/x", "/mnt/elsewhere/data"}) {
    data_lie_in(folder);
    expect_ids();
  }
}

// By these, runs are found that were begun before paths counted by their text.
TEST_F(ExperimentIds, OfTheFormerRuleAreStillKnown) {
  data_lie_in("/tmp/x");
  for (const auto& [file, ids] : recorded()) {
    const auto run = open(file, config::SchedulerRates::from_files);
    const auto find_lr = open(file, config::SchedulerRates::stand_in);
    EXPECT_EQ(config::experiment_id(run, config::IdRule::former), ids.former_run) << file;
    EXPECT_EQ(config::find_lr_id(find_lr, config::IdRule::former), ids.former_find_lr) << file;
  }
}

}  // namespace
}  // namespace r50::test
