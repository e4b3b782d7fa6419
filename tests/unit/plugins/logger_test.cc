#include "r50/logger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/files.h"
#include "record/loggers.h"
#include "record/metrics_file.h"
#include "support/plugins/plugin_under_test.h"
#include "support/python.h"
#include "support/temp_folder.h"

namespace r50 {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class TableLoggers : public testing::Test {
 protected:
  LoggerFacts facts(const std::string& name) const {
    LoggerFacts facts;
    static_cast<RunFacts&>(facts) = test::some_run();
    facts.run_folder = folder_.path();
    facts.sets = {"plain", "ema"};
    facts.logger_name = name;
    return facts;
  }

  // One start of a run: `rows` already in the log are kept, two epochs are added.
  void run(const std::string& table, std::int64_t rows, const std::string& name = "out") {
    record::MetricsFile log(base::real_files(), folder_ / "metrics.jsonl", {rows});
    record::Loggers loggers({{name, test::build<Logger>(table, facts(name))}}, base::real_files(),
                            folder_ / "metrics.jsonl", rows,
                            [](const std::string& text) { ADD_FAILURE() << text; });
    const auto add = [&](const Event& event) { loggers.row(log.add(event)); };
    for (std::int64_t epoch = rows / 4 + 1; epoch <= rows / 4 + 2; ++epoch) {
      const auto number = static_cast<double>(epoch);
      add(StepEvent{.step = 10 * epoch,
                    .epoch = epoch,
                    .loss = 0.1 + 0.2,
                    .lr = 0.1,
                    .momentum = 0.9,
                    .grad_norm = 3,
                    .size = 32,
                    .wall = {1, 80, 0.5}});
      add(EvaluationEvent{.epoch = epoch,
                          .step = 10 * epoch,
                          .set = "plain",
                          .loss = 1.5,
                          .top1 = 50 + number,
                          .top5 = 90,
                          .images = 8,
                          .best = true,
                          .wall_seconds = 1});
      add(EvaluationEvent{.epoch = epoch,
                          .step = 10 * epoch,
                          .set = "ema",
                          .loss = NAN,
                          .top1 = 49,
                          .top5 = 90,
                          .images = 8,
                          .best = false,
                          .wall_seconds = 1});
      add(EpochEvent{epoch, 10 * epoch, 1.0 / 3, 0.05, 0, {723, 80.4, 0.02}});
    }
    EXPECT_EQ(loggers.end("done", 60), 0U);
  }
  std::string read(const std::string& name) { return base::real_files().read(folder_ / name); }

  test::TempFolder folder_;
};

TEST_F(TableLoggers, CsvIsReadByPythonWithAllDigits) {
  if (!test::has_python()) GTEST_SKIP() << "no Python here";
  run("use = 'csv'", 0);
  const std::string script = R"(
import csv, math, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
assert list(rows[0]) == ["epoch", "step", "train_loss", "plain_loss", "ema_loss", "plain_top1",
    "ema_top1", "plain_top5", "ema_top5", "best", "lr", "seconds", "images_per_second", "data_wait",
    "quarantined"], list(rows[0])
assert [row["epoch"] for row in rows] == ["1", "2"]
assert float(rows[0]["train_loss"]) == 1 / 3 and math.isnan(float(rows[0]["ema_loss"]))
assert rows[1]["plain_top1"] == "52" and rows[1]["best"] == "plain"
print("good")
)";
  EXPECT_EQ(test::python(script, {folder_ / "out.csv"}), "good\n");
}

TEST_F(TableLoggers, ChosenColumnsComeInTheirOrder) {
  run("use = 'csv'\ncolumns = ['top1', 'epoch']\npath = 'tables/short.csv'", 0);
  EXPECT_EQ(read("tables/short.csv"), "plain_top1,ema_top1,epoch\n51,49,1\n52,49,2\n");
}

TEST_F(TableLoggers, RowsMayBeSteps) {
  run("use = 'csv'\nrows = 'steps'\ncolumns = ['step', 'train_loss', 'data_wait']", 0);
  EXPECT_EQ(read("out.csv"),
            "step,train_loss,data_wait\n10,0.30000000000000004,0.5\n20,0.30000000000000004,0.5\n");
}

TEST_F(TableLoggers, MarkdownIsReadable) {
  run("use = 'markdown'\ncolumns = ['epoch', 'train_loss', 'top1', 'lr', 'seconds']", 0);
  EXPECT_EQ(read("out.md"),
            "|     Epoch | Train loss | plain top-1 % | ema top-1 % |        LR |      Time |\n"
            "|----------:|-----------:|--------------:|------------:|----------:|----------:|\n"
            "|         1 |    0.3333 |     51.00 |     49.00 |      0.05 | 12 min 03 s |\n"
            "|         2 |    0.3333 |     52.00 |     49.00 |      0.05 | 12 min 03 s |\n");
}

TEST_F(TableLoggers, ContinuingNeitherDoublesNorLosesALine) {
  const std::string table = "use = 'csv'\ncolumns = ['epoch', 'top1']";
  run(table, 0);
  run(table, 4);  // epoch 2 was undone
  EXPECT_EQ(read("out.csv"), "epoch,plain_top1,ema_top1\n1,51,49\n2,52,49\n3,53,49\n");
  // Killed before the file was written, or in the middle of a line.
  folder_.write("out.csv", "epoch,plain_top1,ema_top1\n1,51,4");
  run(table, 12);
  EXPECT_EQ(read("out.csv"),
            "epoch,plain_top1,ema_top1\n1,51,49\n2,52,49\n3,53,49\n4,54,49\n5,55,49\n");
}

TEST_F(TableLoggers, NamesOfSetsAreQuoted) {
  LoggerFacts odd = facts("odd");
  odd.sets = {"a,\"b\""};
  auto logger = test::build<Logger>("use = 'csv'\ncolumns = ['top1']", odd);
  logger.call([](Logger& it) { it.resumed(0); });
  EXPECT_EQ(read("odd.csv"), "\"a,\"\"b\"\"_top1\"\n");
}

TEST(TableLoggerKeys, AreCheckedWithNearGuesses) {
  EXPECT_EQ(test::problems(Kind::logger, "use = 'csv'"), "");
  EXPECT_THAT(test::problems(Kind::logger, "use = 'csv'\ncolumns = ['epoch', 'tpo1']"),
              AllOf(HasSubstr("test.toml:2"), HasSubstr("unknown column 'tpo1'"),
                    HasSubstr("did you mean 'top1'?")));
  EXPECT_THAT(
      test::problems(Kind::logger, "use = 'csv'\nrows = 'steps'\ncolumns = ['top1']"),
      AllOf(HasSubstr("a row of steps has no column 'top1'"), HasSubstr("rows = \"epochs\"")));
  EXPECT_THAT(test::problems(Kind::logger, "use = 'markdown'\ncolumns = ['lr', 'lr']"),
              HasSubstr("'lr' is written twice"));
  EXPECT_THAT(test::problems(Kind::logger, "use = 'markdown'\npaht = 'x.md'"),
              HasSubstr("did you mean 'path'?"));
}

}  // namespace
}  // namespace r50
