#include "config/rate_from_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document.h"
#include "config/experiment.h"
#include "config/identity.h"
#include "support/config/sample_plugins.h"
#include "support/config/text_files.h"

namespace r50::config {
namespace {

using testing::HasSubstr;

class RateFromFile : public testing::Test {
 protected:
  RateFromFile() {
    test::add_sample_plugins(plugins_);
    files_.put("experiments/a.toml", experiment("0.0437"));
    files_.put("found/lr_suggestion.json", suggestion);
  }

  static std::string experiment(const std::string& lr) {
    return "[run]\nepochs = 10\nbatch = 64\n[dataset]\nuse = \"shapes\"\n[model]\nuse = "
           "\"resnet\"\n"
           "[optimizer]\nuse = \"sgd\"\n[loss]\nuse = \"cross_entropy\"\n"
           "[scheduler]\nuse = \"cosine\"\nlr = " +
           lr + "\n";
  }

  Experiment read(const std::string& file, const std::vector<std::string>& overrides = {},
                  SchedulerRates scheduler = SchedulerRates::from_files) {
    Problems problems;
    auto document = load_document(files_, {file}, words_of_command_line(overrides),
                                  process_environment(), problems);
    if (!document) throw WrongInput(problems);
    take_up_rates(*document, files_, plugins_, scheduler, problems);
    auto experiment = read_experiment(*document, "a", plugins_, problems);
    if (!experiment) throw WrongInput(problems);
    return *std::move(experiment);
  }

  static double lr(const Experiment& experiment) {
    return *experiment.resolved.table()->find("scheduler")->table()->find("lr")->real();
  }

  static constexpr const char* suggestion =
      R"({"suggested_max_lr": 0.0437, "rule": "valley", "batch": 64})";
  test::TextFiles files_;
  test::CompiledPlugins plugins_;
};

TEST_F(RateFromFile, MakesTheRunThatHasTheNumberWritten) {
  files_.put("experiments/b.toml", experiment("\"from:../found/lr_suggestion.json\""));
  const Experiment written = read("experiments/a.toml"), taken = read("experiments/b.toml");
  EXPECT_EQ(lr(taken), 0.0437);
  EXPECT_EQ(experiment_id(taken), experiment_id(written));
  EXPECT_TRUE(differences(taken.resolved, written.resolved).empty());
  EXPECT_TRUE(differences(taken.counted, written.counted).empty());
  EXPECT_EQ(*taken.spec(Kind::scheduler).table.table()->find("lr")->real(), 0.0437)
      << "what plugins are given";
}

TEST_F(RateFromFile, IsSeenFromTheFileThatNamesItOrTheCurrentDirectory) {
  files_.put("other/recipe/r.toml", experiment("\"from:../../found\""));
  files_.put("other/c.toml", "extends = \"recipe/r.toml\"\n");
  EXPECT_EQ(lr(read("other/c.toml")), 0.0437);
  EXPECT_EQ(lr(read("experiments/a.toml", {"scheduler.lr=from:found/lr_suggestion.json"})), 0.0437);
}

TEST_F(RateFromFile, OfAnotherBatchIsRefusedAndBothAreNamed) {
  try {
    read("experiments/a.toml", {"scheduler.lr=from:found", "run.batch=128"});
    FAIL() << "a rate for 64 images was taken for 128";
  } catch (const WrongInput& error) {
    EXPECT_THAT(error.what(), HasSubstr("batch of 64"));
    EXPECT_THAT(error.what(), HasSubstr("batch of 128"));
    EXPECT_EQ(error.problems().list().size(), 1U) << error.what();
  }
}

TEST_F(RateFromFile, OutOfTheFieldsRangeNamesTheFile) {
  files_.put("large/lr_suggestion.json",
             R"({"suggested_max_lr": 500, "rule": "slide", "batch": 64})");
  try {
    read("experiments/a.toml", {"scheduler.lr=from:large"});
    FAIL();
  } catch (const WrongInput& error) {
    EXPECT_THAT(error.what(), HasSubstr("by slide from large/lr_suggestion.json"));
    EXPECT_THAT(error.what(), HasSubstr("out of range"));
  }
}

// The finder may be about to write the very file that its experiment names.
TEST_F(RateFromFile, InATableWithoutUseIsNotLookedUp) {
  std::string text = experiment("\"from:../found/lr_suggestion.json\"");
  text.erase(text.find("use = \"cosine\"\n"), 15);
  files_.put("experiments/b.toml", text);
  EXPECT_THAT([&] { read("experiments/b.toml"); },
              testing::ThrowsMessage<WrongInput>(HasSubstr("lacks the key 'use'")));
}

TEST_F(RateFromFile, InTheSchedulerIsNotNeededByTheFinder) {
  files_.put("experiments/b.toml", experiment("\"from:not/there/yet.json\""));
  EXPECT_THROW(read("experiments/b.toml"), WrongInput);
  const Experiment found = read("experiments/b.toml", {}, SchedulerRates::stand_in);
  EXPECT_EQ(find_lr_id(found), find_lr_id(read("experiments/a.toml")));
}

TEST_F(RateFromFile, FindersIdIsOfWhatTheFinderDependsOn) {
  const auto id = [&](const std::string& override) {
    return find_lr_id(read("experiments/a.toml", {override}));
  };
  const std::string first = find_lr_id(read("experiments/a.toml"));
  for (const char* counts :
       {"run.batch=128", "run.seed=2", "run.accumulate=2", "optimizer.weight_decay=0.1",
        "augmentation=[{use=\"flip\"}]", "data.image_size=64", "find_lr.rule=slide",
        "find_lr.iterations=50", "find_lr.seeds=5", "model.depth=18", "run.precision=bf16"}) {
    EXPECT_NE(id(counts), first) << counts;
  }
  for (const char* of_no_account :
       {"scheduler.lr=0.5", "averaging=[{use=\"ema\"}]", "evaluate.bn_samples=7",
        "logger=[{use=\"csv\"}]", "checkpoint.keep=5", "data.threads=3", "run.log_every=1",
        "run.name=other", "find_lr.stop=4.0"}) {
    EXPECT_EQ(id(of_no_account), first) << of_no_account;
  }
}

TEST_F(RateFromFile, TheFindersTableIsNoPartOfARun) {
  const Experiment plain = read("experiments/a.toml");
  const Experiment with =
      read("experiments/a.toml", {"find_lr.rule=slide", "find_lr.iterations=50"});
  EXPECT_EQ(experiment_id(with), experiment_id(plain));
  for (const Difference& one : differences(plain.resolved, with.resolved)) {
    EXPECT_THAT(one.key, testing::StartsWith("find_lr."));
  }
}

}  // namespace
}  // namespace r50::config
