#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "config/toml_source.h"
#include "sweep/file/parameters.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SweepParameters : public testing::Test {
 protected:
  Parameters read(const std::string& text) {
    const auto file = config::parse_toml(text, "s.toml", problems_);
    return file ? read_parameters(*file->table(), problems_) : Parameters{};
  }

  // The only complaint about that text.
  std::string complaint(const std::string& text) {
    problems_ = {};
    read(text);
    if (problems_.list().size() != 1) return "not one problem: " + problems_.report();
    const Problem& one = problems_.list().front();
    return one.spot.text() + " " + one.what + " | " + one.hint;
  }

  static std::vector<std::string> words(const Settings& settings) {
    std::vector<std::string> words;
    for (const Setting& setting : settings) words.push_back(setting.word());
    return words;
  }

  Problems problems_;
};

constexpr double absent = std::numeric_limits<double>::quiet_NaN();

TEST_F(SweepParameters, OfAllKinds) {
  const Parameters all = read(R"(
[parameters]
"run.epochs" = {value = 5}
"optimizer.use" = {values = ["sgd", "sam"]}
"scheduler.lr" = {min = 1e-3, max = 1, distribution = "log_uniform"}
"run.batch" = {min = 16, max = 64}
"data.x" = {mu = 1.5, sigma = 0.5}
"data.y" = {min = 0.0, max = 1.0, q = 0.25, distribution = "q_uniform"}
)");
  EXPECT_EQ(problems_.report(), "");
  ASSERT_EQ(all.axes.size(), 5u);
  EXPECT_THAT(words(all.constants), ElementsAre("run.epochs=5"));
  EXPECT_EQ(all.axes[0].dimension.choices, 2u);
  EXPECT_EQ(all.axes[1].dimension.shape, Dimension::Shape::logarithmic);
  EXPECT_EQ(all.axes[2].dimension.kind, Dimension::Kind::integer) << "two whole numbers";
  EXPECT_EQ(all.axes[3].dimension.shape, Dimension::Shape::normal);
  EXPECT_EQ(all.axes[4].dimension.step, 0.25);
  EXPECT_THAT(words(all.settings({1, 0.1, 32, 2, 0.5})),
              ElementsAre("run.epochs=5", "optimizer.use=\"sam\"", "scheduler.lr=0.1",
                          "run.batch=32", "data.x=2.0", "data.y=0.5"));
}

TEST_F(SweepParameters, KeysWithoutQuotesAreTheSame) {
  const Parameters all = read(
      "[parameters.scheduler]\nlr = {values = [1, 2]}\n"
      "[parameters.optimizer.inner]\nrho.values = [3, 4]\n");
  EXPECT_EQ(problems_.report(), "");
  EXPECT_THAT(all.keys(), ElementsAre("scheduler.lr", "optimizer.inner.rho"));
}

TEST_F(SweepParameters, ThatGoTogether) {
  const Parameters all =
      read("[[zip]]\n\"run.batch\" = [64, 128]\n\"scheduler.lr\" = [0.1, 0.2]\n");
  EXPECT_EQ(problems_.report(), "");
  ASSERT_EQ(all.axes.size(), 1u);
  EXPECT_THAT(words(all.settings({1})), ElementsAre("run.batch=128", "scheduler.lr=0.2"));
  EXPECT_THAT(
      complaint("[[zip]]\na = [1, 2]\nb = [1, 2, 3]\n"),
      testing::AllOf(HasSubstr("s.toml:3:5"), HasSubstr("'b' has 3 values, but 'a' has 2")));
}

TEST_F(SweepParameters, ThatHangOnOthers) {
  const Parameters all = read(R"(
[parameters]
"optimizer.use" = {values = ["sgd", "sam", "lamb"]}
[[when]]
if = {"optimizer.use" = "sam"}
parameters."optimizer.rho".values = [0.05, 0.1]
[[when]]
if = {"optimizer.use" = ["sgd", "lamb"]}
parameters."optimizer.decay".values = [1e-4, 1e-3, 1e-2]
)");
  EXPECT_EQ(problems_.report(), "");
  EXPECT_EQ(grid_size(all), 3 + 2 + 3);
  EXPECT_THAT(words(all.settings({1, 0, absent})),
              ElementsAre("optimizer.use=\"sam\"", "optimizer.rho=0.05"));
  EXPECT_THAT(complaint("[parameters]\na = {values=[1,2]}\n[[when]]\nif = {a = 3}\n"
                        "parameters.b.values = [1]\n"),
              HasSubstr("'a' is never 3"));
  EXPECT_THAT(complaint("[parameters]\nalpha = {values=[1,2]}\n[[when]]\nif = {alpa = 1}\n"
                        "parameters.b.values = [1]\n"),
              HasSubstr("did you mean 'alpha'?"));
}

TEST_F(SweepParameters, WrittenOutAsTrials) {
  const Parameters all = read("[[trial]]\na = 1\nb = 2\n[[trial]]\na = 3\n[[trial]]\n");
  EXPECT_EQ(problems_.report(), "");
  EXPECT_EQ(grid_size(all), 3);
  EXPECT_THAT(words(all.settings({0})), ElementsAre("a=1", "b=2"));
  EXPECT_THAT(words(all.settings({2})), ElementsAre());
}

TEST_F(SweepParameters, SayWhatIsWrongWithThem) {
  const auto of = [&](const std::string& entry) {
    return complaint("[parameters]\na = " + entry + "\n");
  };
  EXPECT_THAT(of("{vlaues = [1]}"), HasSubstr("did you mean 'values'?"));
  EXPECT_THAT(of("3"), HasSubstr("parameter 'a' is 3 | write a table"));
  EXPECT_THAT(of("{}"), HasSubstr("does not say what it may be"));
  EXPECT_THAT(of("{values = [1], value = 2}"), HasSubstr("does not say what it may be"));
  EXPECT_THAT(of("{values = []}"), HasSubstr("values is empty"));
  EXPECT_THAT(of("{values = [1, 2, 1]}"), HasSubstr("has the value 1 twice"));
  EXPECT_THAT(of("{values = [1], min = 3}"), HasSubstr("does not say"));
  EXPECT_THAT(of("{values = [1, 2], q = 3}"), HasSubstr("'q' does not go with 'values'"));
  EXPECT_THAT(of("{min = 2, max = 1}"), HasSubstr("min 2 is not below max 1 | swap them"));
  EXPECT_THAT(of("{min = 1, max = 1}"), HasSubstr("for a constant, write value"));
  EXPECT_THAT(of("{min = 1}"), HasSubstr("has min and max"));
  EXPECT_THAT(of("{min = 1, max = 2.5, distribution = \"int_uniform\"}"),
              HasSubstr("whole numbers"));
  EXPECT_THAT(of("{min = -9, max = -2, distribution = \"log_uniform\"}"),
              HasSubstr("in W&B's log_uniform they are exponents of e"));
  EXPECT_THAT(of("{min = 0, max = 2, distribution = \"log_uniform\"}"), HasSubstr("above 0"));
  EXPECT_THAT(of("{min = 0, max = 2, distribution = \"unifrm\"}"),
              HasSubstr("did you mean 'uniform'?"));
  EXPECT_THAT(of("{min = 0.0, max = 2.0, q = 1, distribution = \"uniform\"}"),
              HasSubstr("has no q"));
  EXPECT_THAT(of("{mu = 0, sigma = 0}"), HasSubstr("sigma above 0"));
  EXPECT_THAT(of("{values = [1, 2], probabilities = [1]}"), HasSubstr("one probability for each"));
  EXPECT_THAT(of("{values = [1, 2], probabilities = [1, -1]}"), HasSubstr("from 0 on"));
  EXPECT_THAT(of("{min = inf, max = 2.0}"), HasSubstr("min is a number"));
  EXPECT_THAT(complaint("[parameters]\na = {values = [1, 2]}\n[[zip]]\na = [1]\n"),
              HasSubstr("parameter 'a' is written twice"));
}

// What r50run says of a value of a range is said of this place.
TEST_F(SweepParameters, KnowWhereARangeIsWritten) {
  const Parameters all =
      read("[parameters]\na = {min = 0.5, max = 1.0}\nb = {mu = 0, sigma = 1}\n");
  ASSERT_EQ(all.axes.size(), 2u);
  EXPECT_EQ(all.settings({0.5, 0.0})[0].value.spot().text(), "s.toml:2:12");
  EXPECT_EQ(all.settings({0.5, 0.0})[1].value.spot().text(), "s.toml:3:11");
  EXPECT_THAT(complaint("[parameters]\na = {max = 1.0}\n"), HasSubstr("has min and max"));
}

// 0.5 is no multiple between 0.1 and 0.4, and a search would try one that lies outside.
TEST_F(SweepParameters, NeedAMultipleOfTheirStepBetweenTheEnds) {
  const auto of = [&](const std::string& entry) {
    return complaint("[parameters]\na = " + entry + "\n");
  };
  const std::string none =
      "no multiple of q = 0.5 lies between min 0.1 and max 0.4 | take a smaller";
  EXPECT_THAT(of("{min = 0.1, max = 0.4, q = 0.5, distribution = \"q_uniform\"}"), HasSubstr(none));
  EXPECT_THAT(of("{min = 0.1, max = 0.4, q = 0.5, distribution = \"q_log_uniform_values\"}"),
              HasSubstr(none));
  problems_ = {};
  read(
      "[parameters]\na = {min = 0.1, max = 0.3, q = 0.3, distribution = \"q_uniform\"}\n"
      "b = {min = -0.2, max = 0.1, q = 5.0, distribution = \"q_uniform\"}\n"
      "c = {mu = 0.2, sigma = 0.1, q = 5.0, distribution = \"q_normal\"}\n");
  EXPECT_EQ(problems_.report(), "") << "0.3 is once 0.3; 0 is 0 times 5; a bell has no ends";
}

TEST_F(SweepParameters, TakeWeightsAndBiasesOtherWords) {
  const Parameters all = read(R"([parameters]
a = {min = 1e-4, max = 1e-1, distribution = "inv_log_uniform_values"}
b = {min = 1e-4, max = 1e-1, distribution = "inv_log_uniform"}
c = {min = 1.0, max = 9.0, q = 2.0, distribution = "q_log_uniform"}
d = {values = [1, 2], probabilities = [1, 3], distribution = "categorical_w_probabilities"}
e = {value = 7, distribution = "constant"}
)");
  EXPECT_EQ(problems_.report(), "");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(all.axes[static_cast<std::size_t>(i)].dimension.shape, Dimension::Shape::logarithmic);
  }
  EXPECT_EQ(all.axes[2].dimension.step, 2);
  EXPECT_THAT(words(all.constants), ElementsAre("e=7"));
  const auto of = [&](const std::string& entry) {
    return complaint("[parameters]\na = " + entry + "\n");
  };
  EXPECT_THAT(of("{mu = -7.0, sigma = 1.0, distribution = \"log_normal\"}"),
              HasSubstr("there is no log_normal here | write log_uniform with min = 0.0001234 and "
                        "max = 0.006738"));
  EXPECT_THAT(of("{mu = 0, sigma = 1, q = 0.1, distribution = \"q_log_normal\"}"),
              HasSubstr("write q_log_uniform with min = 0.1353 and max = 7.389"));
  EXPECT_THAT(of("{min = 1, max = 2, distribution = \"log_normal\"}"),
              HasSubstr("write log_uniform with min and max, the values"));
  EXPECT_THAT(of("{values = [1, 2], distribution = \"uniform\"}"),
              HasSubstr("a list of values has the distribution \"categorical\""));
  EXPECT_THAT(of("{value = 1, distribution = \"uniform\"}"),
              HasSubstr("a value has the distribution \"constant\""));
}

}  // namespace
}  // namespace r50::sweep
