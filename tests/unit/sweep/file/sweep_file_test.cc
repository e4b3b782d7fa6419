#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "support/temp_folder.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SweepFileTest : public testing::Test {
 protected:
  void SetUp() override { write("base.toml", "[run]\n"); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() + "/" + name) << text;
  }
  SweepFile read(const std::string& text) {
    write("my_sweep.toml", text);
    return read_sweep_file(base::real_files(), folder_.path() + "/my_sweep.toml");
  }
  std::string complaint(const std::string& text) {
    try {
      read(text);
    } catch (const WrongInput& error) {
      EXPECT_EQ(error.exit_code(), Exit::wrong_input);
      return error.what();
    }
    return "nothing was wrong";
  }

  test::TempFolder folder_;
};

constexpr const char* small = "base = \"base.toml\"\nparameters.lr.values = [1, 2]\n";

TEST_F(SweepFileTest, TakesItsNameAndItsDefaults) {
  const SweepFile sweep = read(small);
  EXPECT_EQ(sweep.name, "my_sweep");
  EXPECT_EQ(sweep.base, std::vector<std::string>{folder_.path() + "/base.toml"});
  EXPECT_EQ(sweep.method, Method::grid);
  EXPECT_EQ(sweep.seeds, 1);
  EXPECT_TRUE(sweep.maximize());
  EXPECT_EQ(sweep.confirm.top, 0);
}

TEST_F(SweepFileTest, TakesAListOfFilesAsItsExperiment) {
  write("data.toml", "");
  const std::string values = "\nparameters.lr.values = [1, 2]\n";
  const SweepFile sweep = read("base = [\"base.toml\", \"data.toml\"]" + values);
  EXPECT_EQ(sweep.base, (std::vector<std::string>{folder_.path() + "/base.toml",
                                                  folder_.path() + "/data.toml"}));
  EXPECT_THAT(complaint("base = [\"base.toml\", \"none.toml\"]" + values),
              HasSubstr("my_sweep.toml:1:22: the experiment"));
  EXPECT_THAT(complaint("base = []" + values), HasSubstr("'base' may not be empty"));
}

TEST_F(SweepFileTest, KnowsWhichWayAMetricIsBetter) {
  const auto maximize = [&](const std::string& metric) {
    return read(small + ("[metric]\n" + metric)).maximize();
  };
  EXPECT_FALSE(maximize("name = \"loss\""));
  EXPECT_FALSE(maximize("name = \"ema.loss\""));
  EXPECT_TRUE(maximize("name = \"ema.top1\""));
  EXPECT_TRUE(maximize("name = \"loss\"\ngoal = \"maximize\""));
}

TEST_F(SweepFileTest, HasASecondStage) {
  const SweepFile sweep =
      read(std::string(small) + "[confirm]\ntop = 2\nseeds = 5\nset = {\"run.epochs\" = 16}\n");
  EXPECT_EQ(sweep.confirm.top, 2);
  EXPECT_EQ(sweep.confirm.seeds, 5);
  ASSERT_EQ(sweep.confirm.set.size(), 1u);
  EXPECT_EQ(sweep.confirm.set[0].word(), "run.epochs=16");
}

TEST_F(SweepFileTest, SaysEverythingThatIsWrongAtOnce) {
  EXPECT_THAT(complaint("bas = \"base.toml\"\nmethod = \"gird\"\nparameters.lr.vlaues = [1]\n"),
              AllOf(HasSubstr("did you mean 'base'?"), HasSubstr("did you mean 'grid'?"),
                    HasSubstr("did you mean 'values'?")));
}

TEST_F(SweepFileTest, RefusesWhatCannotBeRun) {
  const std::string base = "base = \"base.toml\"\n";
  EXPECT_THAT(complaint("base = \"other.toml\"\nparameters.a.values = [1, 2]\n"),
              AllOf(HasSubstr("my_sweep.toml:1:8"), HasSubstr("other.toml' does not exist")));
  EXPECT_THAT(complaint(base), HasSubstr("the grid is empty"));
  EXPECT_THAT(complaint(base + "parameters.a.value = 1\n"), HasSubstr("the grid is empty"));
  EXPECT_THAT(complaint(base + "parameters.a = {min = 0, max = 1}\n"),
              HasSubstr("of which a grid would be endless"));
  EXPECT_THAT(complaint(base + "method = \"random\"\nparameters.a = {min = 0, max = 1}\n"),
              HasSubstr("set run_cap"));
  EXPECT_THAT(complaint(base + "method = \"list\"\nparameters.a.values = [1, 2]\n"),
              HasSubstr("write [[trial]] once for each"));
  std::string large = base;
  for (const char key : {'a', 'b', 'c'}) {
    large += std::string("parameters.") + key + ".values = [0";
    for (int i = 1; i < 100; ++i) large += ", " + std::to_string(i);
    large += "]\n";
  }
  EXPECT_THAT(complaint(large), AllOf(HasSubstr("1e+06 points"), HasSubstr("set run_cap")));
  EXPECT_EQ(complaint("run_cap = 50\n" + large), "nothing was wrong");
  EXPECT_THAT(complaint(small + std::string("[confirm]\nseeds = 2\n")), HasSubstr("set top"));
  EXPECT_THAT(complaint(small + std::string("[launcher]\nkind = \"command\"\n")),
              HasSubstr("write submit, poll and cancel"));
}

TEST_F(SweepFileTest, GuessesWhatAMisspeltKeyWasToBe) {
  const std::string base = "base = \"base.toml\"\n";
  EXPECT_THAT(complaint(base + "paramters.a.values = [1, 2]\n"),
              AllOf(HasSubstr("my_sweep.toml:2:1: unknown key 'paramters'"),
                    HasSubstr("did you mean 'parameters'?")));
  EXPECT_THAT(complaint(small + std::string("[[trail]]\na = 1\n")),
              HasSubstr("did you mean 'trial'?"));
  EXPECT_THAT(complaint("run_cup = 3\n" + std::string(small)),
              HasSubstr("did you mean 'run_cap'?"));
  EXPECT_THAT(complaint("colour = 3\n" + std::string(small)), HasSubstr("known keys: "));
}

TEST_F(SweepFileTest, NamesAFileThatIsNotThere) {
  EXPECT_THROW(read_sweep_file(base::real_files(), "nowhere.toml"), WrongInput);
}

TEST_F(SweepFileTest, LearningRateFindersHaveNothingToCompare) {
  const std::string finder = std::string("method = \"lr_find\"\n") + small;
  const SweepFile sweep = read(finder);
  EXPECT_TRUE(sweep.finds_rates());
  EXPECT_EQ(sweep.metric.name, "suggested_max_lr");
  EXPECT_THAT(complaint("seeds = 2\n" + finder), HasSubstr("find_lr.seeds"));
  EXPECT_THAT(complaint(finder + "[metric]\nname = \"top1\"\n[early_terminate]\ntype = \"asha\"\n"
                                 "[confirm]\ntop = 1\n[launcher]\nprogram = [\"x\"]\n"),
              AllOf(HasSubstr("take [metric] away"), HasSubstr("no rungs"),
                    HasSubstr("no best points"), HasSubstr("r50run's own")));
}

TEST_F(SweepFileTest, ChecksItsBudget) {
  EXPECT_EQ(read("budget = \"40h\"\n" + std::string(small)).budget, "40h");
  EXPECT_EQ(read(std::string(small) + "[budget]\nlimit = \"40h\"\n").budget, "40h");
  EXPECT_THAT(complaint(std::string(small) + "[budget]\nmost = \"40h\"\n"),
              HasSubstr("[budget] has one key, limit"));
  EXPECT_THAT(complaint("budget = \"much\"\n" + std::string(small)),
              AllOf(HasSubstr("my_sweep.toml:1:10"), HasSubstr("neither time nor money")));
  EXPECT_THAT(complaint("budget = \"$25\"\n" + std::string(small)),
              HasSubstr("set [launcher] price_per_hour"));
  read("budget = \"$25\"\n" + std::string(small) + "[launcher]\nprice_per_hour = 0.35\n");
}

}  // namespace
}  // namespace r50::sweep
