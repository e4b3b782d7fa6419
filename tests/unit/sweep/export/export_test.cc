#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/temp_folder.h"
#include "sweep/export/export.h"

namespace r50::sweep {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Table table_of(const char* key, Value value) {
  Table table;
  table.set(key, std::move(value));
  return table;
}

std::string yaml_of(Value value) { return to_yaml(table_of("k", std::move(value))); }

TEST(SweepYaml, QuotesWhatAReaderWouldTakeForSomethingElse) {
  EXPECT_EQ(yaml_of("cosine"), "k: cosine\n");
  EXPECT_EQ(yaml_of("../a/b-c.toml"), "k: \"../a/b-c.toml\"\n");
  EXPECT_EQ(yaml_of("a/b-c.toml"), "k: a/b-c.toml\n");
  for (const char* text : {"no", "Yes", "null", "y", "OFF", "1e5", "0.1 per 256", "", "-", "~",
                           "a: b", "a #b", "${x}", "2026-11-22", ".inf", "[a]", "*a"}) {
    EXPECT_EQ(yaml_of(text), "k: \"" + std::string(text) + "\"\n");
  }
  EXPECT_EQ(yaml_of("a\"b\\c\nd\te"), "k: \"a\\\"b\\\\c\\nd\\u0009e\"\n");
  EXPECT_EQ(yaml_of("é\u2028\u0085"), "k: \"é\\u2028\\u0085\"\n");
  EXPECT_EQ(to_yaml(table_of("no", 1)), "\"no\": 1\n");
}

TEST(SweepYaml, WritesNumbersAsEveryReaderKnowsThem) {
  EXPECT_EQ(yaml_of(1e-5), "k: 1.0e-05\n");
  EXPECT_EQ(yaml_of(2.5e30), "k: 2.5e+30\n");
  EXPECT_EQ(yaml_of(3.0), "k: 3.0\n");
  EXPECT_EQ(yaml_of(3), "k: 3\n");
  EXPECT_EQ(yaml_of(true), "k: true\n");
  EXPECT_EQ(yaml_of(Array{std::nan(""), HUGE_VAL, -HUGE_VAL}), "k: [.nan, .inf, -.inf]\n");
}

TEST(SweepYaml, PutsTablesInBlocksAndListsInBrackets) {
  Table inner = table_of("a", Array{1, "x y", table_of("b", 2)});
  inner.set("none", Table());
  inner.set("empty", Array());
  EXPECT_EQ(yaml_of(inner), "k:\n  a: [1, \"x y\", {b: 2}]\n  none: {}\n  empty: []\n");
  EXPECT_EQ(to_yaml({}), "{}\n");
}

class SweepExport : public testing::Test {
 protected:
  SweepFile read(const std::string& text) {
    folder_.write("base.toml", "");
    return read_sweep_file(base::real_files(),
                           folder_.write("s.toml", "base = \"base.toml\"\n" + text));
  }
  // Without the comments, and with this test's folder left out.
  std::string wandb(const std::string& text, std::int64_t seed = 1) {
    std::istringstream in(wandb_sweep(read(text), seed).yaml);
    std::string out;
    for (std::string line; std::getline(in, line);) {
      const auto at = line.find(folder_.path());
      if (at != std::string::npos) line.replace(at, folder_.path().size(), "HERE");
      if (line[0] != '#') out += line + "\n";
    }
    return out;
  }
  std::string refusal(const std::string& text) {
    try {
      wandb(text);
    } catch (const WrongInput& error) {
      return error.what();
    }
    return "nothing was refused";
  }
  test::TempFolder folder_;
};

TEST_F(SweepExport, SaysAGridInWandbsWords) {
  EXPECT_EQ(wandb("seeds = 3\nrun_cap = 20\n[metric]\nname = \"ema.loss\"\n[parameters]\n"
                  "\"scheduler.max_lr\".values = [0.1, 1e-5]\n"
                  "\"optimizer.use\".values = [\"sgd\", \"1\", \"0.1 per 256\"]\n"
                  "\"optimizer.nesterov\".values = [true, false]\n"
                  "\"data.mean\".value = [0.5, 0.4]\n"
                  "[launcher]\nprogram = [\"my\", \"task\"]\n",
                  7),
            "name: s\n"
            "program: my\n"
            "command: [my, task, \"HERE/base.toml\", \"${args_no_hyphens}\"]\n"
            "method: grid\n"
            "metric:\n"
            "  name: ema.loss\n"
            "  goal: minimize\n"
            "run_cap: 60\n"
            "parameters:\n"
            "  data.mean:\n"
            "    value: \"[0.5, 0.4]\"\n"
            "  scheduler.max_lr:\n"
            "    values: [0.1, 1.0e-05]\n"
            "  optimizer.use:\n"
            "    values: [sgd, \"\\\"1\\\"\", \"0.1 per 256\"]\n"
            "  optimizer.nesterov:\n"
            "    values: [\"true\", \"false\"]\n"
            "  run.seed:\n"
            "    values: [7, 8, 9]\n");
}

// W&B rounds what it has drawn: of 0.1 to 0.7 by 0.3 it would try 0. And it takes shares of 1 only.
TEST_F(SweepExport, NoValueIsTriedThereThatIsNotTriedHere) {
  const std::string yaml = wandb(
      "method = \"random\"\nrun_cap = 5\n[parameters]\n"
      "a = {min = 0.1, max = 0.7, q = 0.25, distribution = \"q_uniform\"}\n"
      "b = {min = 16, max = 100, q = 32, distribution = \"q_log_uniform\"}\n"
      "c = {values = [1, 2, 3], probabilities = [1, 0, 3]}\n");
  EXPECT_THAT(yaml, HasSubstr("  a:\n    distribution: q_uniform\n    min: 0.125\n    max: 0.625\n"
                              "    q: 0.25\n"));
  EXPECT_THAT(yaml, HasSubstr("    min: 16.0\n    max: 112.0\n    q: 32\n"));
  EXPECT_THAT(yaml, HasSubstr("  c:\n    values: [1, 3]\n    probabilities: [0.25, 0.75]\n"));
  EXPECT_THAT(wandb("[parameters]\nc = {values = [1, 2, 3], probabilities = [1, 0, 3]}\n"),
              HasSubstr("  c:\n    values: [1, 3]\n"));
}

TEST_F(SweepExport, SaysRandomSearchInWandbsWords) {
  const std::string yaml = wandb(
      "method = \"random\"\nrun_cap = 5\n[parameters]\n"
      "a = {min = 0.5, max = 2.0}\n"
      "b = {min = 1, max = 9}\n"
      "c = {min = 1e-4, max = 1.0, distribution = \"log_uniform\"}\n"
      "d = {min = 0.0, max = 1.0, q = 0.25, distribution = \"q_uniform\"}\n"
      "e = {min = 1.0, max = 8.0, q = 0.5, distribution = \"q_log_uniform_values\"}\n"
      "f = {mu = 1.0, sigma = 2.0}\n"
      "g = {mu = 1.0, sigma = 2.0, q = 0.5, distribution = \"q_normal\"}\n"
      "h = {values = [1, 2], probabilities = [0.25, 0.75]}\n");
  EXPECT_THAT(yaml, HasSubstr("method: random\n"));
  EXPECT_EQ(
      yaml.substr(yaml.find("parameters:")),
      "parameters:\n"
      "  a:\n    distribution: uniform\n    min: 0.5\n    max: 2.0\n"
      "  b:\n    distribution: int_uniform\n    min: 1\n    max: 9\n"
      "  c:\n    distribution: log_uniform_values\n    min: 1.0e-04\n    max: 1.0\n"
      "  d:\n    distribution: q_uniform\n    min: -0.125\n    max: 1.125\n    q: 0.25\n"
      "  e:\n    distribution: q_log_uniform_values\n    min: 0.75\n    max: 8.25\n    q: 0.5\n"
      "  f:\n    distribution: normal\n    mu: 1.0\n    sigma: 2.0\n"
      "  g:\n    distribution: q_normal\n    mu: 1.0\n    sigma: 2.0\n    q: 0.5\n"
      "  h:\n    values: [1, 2]\n    probabilities: [0.25, 0.75]\n");
  const auto remarks = wandb_sweep(read("method = \"random\"\nrun_cap = 5\n[parameters]\n"
                                        "a = {min = 0.5, max = 2.0}\n"),
                                   1)
                           .remarks;
  EXPECT_THAT(remarks, testing::Contains(HasSubstr("W&B draws points of its own")));
}

TEST_F(SweepExport, RefusesWhatWandbCannotSayAllAtOnce) {
  const std::string two = "[parameters]\nx.values = [1, 2]\n";
  EXPECT_THAT(refusal("method = \"sobol\"\nrun_cap = 4\nbudget = \"4h\"\n" + two +
                      "[early_terminate]\ntype = \"asha\"\n[confirm]\ntop = 1\n"),
              AllOf(HasSubstr("no method \"sobol\""), HasSubstr("[early_terminate]"),
                    HasSubstr("no second stage"), HasSubstr("no budget")));
  EXPECT_THAT(refusal("[[zip]]\na = [1, 2]\nb = [3, 4]\n"),
              AllOf(HasSubstr("s.toml:2:"), HasSubstr("[[zip]] 'a+b'")));
  EXPECT_THAT(refusal(two + "[[when]]\nif = {x = 1}\nparameters.y.values = [1, 2]\n"),
              HasSubstr("[[when]] 'y'"));
  EXPECT_THAT(refusal("method = \"list\"\n[[trial]]\nx = 1\n[[trial]]\nx = 2\n"),
              HasSubstr("no method \"list\""));
  EXPECT_THAT(refusal("method = \"lr_find\"\n" + two), HasSubstr("no method \"lr_find\""));
  EXPECT_THAT(refusal("method = \"random\"\nrun_cap = 4\nseeds = 2\n" + two),
              HasSubstr("several seeds"));
  EXPECT_THAT(refusal("run_cap = 1\nseeds = 2\n" + two), HasSubstr("counts runs"));
  EXPECT_THAT(refusal("method = \"random\"\nrun_cap = 4\n[parameters]\n"
                      "n = {min = 1, max = 99, distribution = \"int_log_uniform\"}\n"),
              AllOf(HasSubstr("int_log_uniform"), HasSubstr("s.toml:5:")));
  EXPECT_THAT(refusal("[parameters]\n\"a b\".values = [1, 2]\n"), HasSubstr("'a b'"));
}

OptunaTrial ended(TrialState state, std::vector<std::string> words, std::optional<double> value) {
  OptunaTrial one;
  one.trial.state = state;
  one.trial.words = std::move(words);
  one.trial.value = value;
  one.trial.seconds = 1.5;
  one.ended = 1700000000.25;
  return one;
}

std::vector<nlohmann::json> lines_of(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST_F(SweepExport, WritesTrialsAsOptunaKeepsThem) {
  const SweepFile sweep = read(
      "[[zip]]\na = [1, 2, 1]\nb = [\"x\", \"y\", \"z\"]\n[parameters]\n\"run.epochs\".value = "
      "3\n");
  OptunaTrial good =
      ended(TrialState::finished, {"run.epochs=3", "a=2", "b=\"y\"", "run.seed=2"}, 57.5);
  good.reports = {{1, 20}, {3, 57.5}};
  OptunaTrial stopped = ended(TrialState::stopped, {"run.epochs=3", "a=1", "b=\"z\""}, 40);
  stopped.reports = {{1, 40}};
  const OptunaTrial failed = ended(TrialState::failed, {"run.epochs=3", "a=1", "b=\"x\""}, 3);
  const OptunaTrial waits = ended(TrialState::waiting, {"run.epochs=3", "a=1", "b=\"x\""}, {});
  const auto lines = lines_of(optuna_journal(sweep, {good, waits, stopped, failed}));
  ASSERT_EQ(lines.size(), 7U);
  EXPECT_EQ(lines[0].at("study_name"), "s");
  EXPECT_EQ(lines[0].at("directions"), nlohmann::json::parse("[2]"));
  const auto& first = lines[4];
  EXPECT_EQ(first.at("op_code"), 4);
  EXPECT_EQ(first.at("state"), 1);
  EXPECT_EQ(first.at("value"), 57.5);
  EXPECT_EQ(first.at("params"), nlohmann::json::parse(R"({"a": 1, "b": 1})"));
  EXPECT_EQ(first.at("intermediate_values"), nlohmann::json::parse(R"({"1": 20.0, "3": 57.5})"));
  EXPECT_EQ(first.at("user_attrs").at("run.seed"), 2);
  EXPECT_EQ(first.at("user_attrs").at("run.epochs"), 3);
  EXPECT_EQ(first.at("datetime_start"), "2023-11-14T22:13:18.750000+00:00");
  EXPECT_EQ(first.at("datetime_complete"), "2023-11-14T22:13:20.250000+00:00");
  EXPECT_EQ(
      nlohmann::json::parse(first.at("distributions").at("b").get<std::string>()),
      nlohmann::json::parse(
          R"({"name": "CategoricalDistribution", "attributes": {"choices": ["x", "y", "z"]}})"));
  EXPECT_EQ(lines[5].at("state"), 2);
  EXPECT_EQ(lines[5].at("value"), 40);
  EXPECT_EQ(lines[6].at("state"), 3);
  EXPECT_TRUE(lines[6].at("value").is_null());
}

TEST_F(SweepExport, AValueThatIsNoNumberFailsAsInOptuna) {
  const SweepFile sweep = read("[parameters]\nx.values = [1, 2]\n[metric]\nname = \"loss\"\n");
  OptunaTrial odd = ended(TrialState::finished, {"x=1"}, std::nan(""));
  odd.reports = {{1, std::nan("")}, {2, HUGE_VAL}};
  const std::string text = optuna_journal(sweep, {odd});
  EXPECT_THAT(text, AllOf(HasSubstr("\"state\":3"), HasSubstr("\"directions\":[1]"),
                          HasSubstr("\"intermediate_values\":{\"1\":NaN,\"2\":Infinity}")));
}

TEST_F(SweepExport, TheSecondStageIsAStudyOfItsOwn) {
  const SweepFile sweep = read("[parameters]\nx.values = [1, 2]\n[confirm]\ntop = 1\n");
  OptunaTrial second = ended(TrialState::finished, {"x=2", "run.seed=5"}, 9);
  second.trial.stage = "confirm";
  const auto lines =
      lines_of(optuna_journal(sweep, {ended(TrialState::finished, {"x=2"}, 7), second}));
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_EQ(lines[4].at("value"), 7);
  EXPECT_EQ(lines[5].at("study_name"), "s-confirm");
  EXPECT_EQ(lines[9].at("study_id"), 1);
  EXPECT_EQ(lines[9].at("value"), 9);
}

TEST_F(SweepExport, RangesKeepTheirShapeWhereOptunaHasIt) {
  const SweepFile sweep = read(
      "method = \"random\"\nrun_cap = 3\n[parameters]\n"
      "c = {min = 1e-4, max = 1.0, distribution = \"log_uniform\"}\n"
      "d = {min = 0.0, max = 1.0, q = 0.3, distribution = \"q_uniform\"}\n"
      "f = {mu = 1.0, sigma = 2.0}\n"
      "n = {min = 1, max = 99, distribution = \"int_log_uniform\"}\n");
  const auto lines = lines_of(optuna_journal(
      sweep, {ended(TrialState::finished, {"c=0.01", "d=0.3", "f=-9.5", "n=4"}, 1)}));
  const auto attributes = [&](const char* key) {
    return nlohmann::json::parse(lines[4].at("distributions").at(key).get<std::string>())
        .at("attributes");
  };
  EXPECT_EQ(attributes("c"),
            nlohmann::json::parse(R"({"step": null, "low": 0.0001, "high": 1.0, "log": true})"));
  EXPECT_EQ(attributes("d"),
            nlohmann::json::parse(R"({"step": 0.3, "low": 0.0, "high": 0.9, "log": false})"));
  EXPECT_EQ(attributes("f"),
            nlohmann::json::parse(R"({"step": null, "low": -9.5, "high": 9.0, "log": false})"));
  EXPECT_EQ(attributes("n"),
            nlohmann::json::parse(R"({"log": true, "step": 1, "low": 1, "high": 99})"));
}

}  // namespace
}  // namespace r50::sweep
