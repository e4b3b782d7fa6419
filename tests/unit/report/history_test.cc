#include "report/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "report/rows.h"
#include "sample_history.h"
#include "support/python.h"
#include "support/temp_folder.h"

namespace r50::report {
namespace {

using testing::HasSubstr;

class HistoryTest : public testing::Test {
 protected:
  History read(const std::vector<Row>& rows) {
    std::string content;
    for (const Row& row : rows) content += row_text(row) + "\n";
    folder_.write("runs/quickstart/1f0c/metrics.jsonl", content);
    return read_history(base::real_files(), folder_ / "runs/quickstart/1f0c");
  }
  test::TempFolder folder_;
};

TEST_F(HistoryTest, KnowsItsRunByTheFolder) {
  const History history = read({});
  EXPECT_EQ(history.name, "quickstart");
  EXPECT_EQ(history.id, "1f0c");
  EXPECT_EQ(read_history(base::real_files(), folder_ / "runs/quickstart/1f0c/").id, "1f0c");
}

TEST_F(HistoryTest, GathersEpochsWithTheirSets) {
  const History history =
      read(test::sample_rows({.epochs = 4, .sets = {"plain", "ema"}, .swa_from = 2}));
  EXPECT_EQ(history.sets, (std::vector<std::string>{"plain", "ema", "swa"}));
  ASSERT_EQ(history.epochs.size(), 4U);
  EXPECT_EQ(history.epochs[1].find("swa"), nullptr);
  ASSERT_NE(history.epochs[2].find("swa"), nullptr);
  EXPECT_EQ(history.steps.size(), 20U);
  EXPECT_EQ(history.steps_per_epoch(), 50);
  ASSERT_NE(history.best(), nullptr);
  EXPECT_EQ(history.best()->set, "swa");
  EXPECT_EQ(history.best()->epoch, 4);
}

TEST_F(HistoryTest, AnEpochWhoseRowIsMissingIsNotShown) {
  std::vector<Row> rows = test::sample_rows({.epochs = 2});
  rows.pop_back();  // killed between the evaluation and the epoch's end
  const History history = read(rows);
  EXPECT_EQ(history.epochs.size(), 1U);
  EXPECT_EQ(history.best()->epoch, 1);
}

TEST_F(HistoryTest, CsvIsReadByPythonWithAllDigits) {
  if (!test::has_python()) GTEST_SKIP() << "no Python here";
  std::vector<Row> rows =
      test::sample_rows({.epochs = 4, .sets = {"plain", "a,\"b\""}, .swa_from = 3, .nan_from = 4});
  std::get<EpochEvent>(rows[7].event).loss = 0.1 + 0.2;
  const std::string file = folder_.write("history.csv", history_csv(read(rows)));
  const std::string script = R"(
import csv, math, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))
assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"], rows
assert None not in rows[0] and None not in rows[0].values()
assert float(rows[0]["train_loss"]) == 0.1 + 0.2
assert float(rows[0]['a,"b"_top1']) == float(rows[0]["plain_top1"]) + 1
assert rows[2]["swa_top1"] == "" and float(rows[3]["swa_top1"]) > 70
assert math.isnan(float(rows[3]["train_loss"]))
assert rows[2]["best"] == 'a,"b"' and rows[3]["best"] == "swa"
assert float(rows[1]["images_per_second"]) == 512.4 and rows[1]["quarantined"] == "2"
print("good")
)";
  EXPECT_EQ(test::python(script, {file}), "good\n");
}

TEST_F(HistoryTest, MarkdownIsATableWithTheBestInBold) {
  const std::string text =
      history_markdown(read(test::sample_rows({.epochs = 2, .sets = {"plain", "a|b"}})));
  EXPECT_THAT(text, HasSubstr("# quickstart / 1f0c\n"));
  EXPECT_THAT(text, HasSubstr("Best: 74.63 % top-1, 89.63 % top-5 (a|b weights, epoch 2)."));
  EXPECT_THAT(text, HasSubstr("2 epochs in 2 min 06 s."));
  EXPECT_THAT(text, HasSubstr(" a\\|b top-1 % |"));
  EXPECT_THAT(text, HasSubstr(" **74.63** |"));
  EXPECT_THAT(text, HasSubstr("| 1 min 03 s |   512 |       2 % |\n"));
  std::size_t width = 0;  // every line of the table is as wide as the first
  std::istringstream lines(text.substr(text.find("| Epoch")));
  for (std::string line; std::getline(lines, line);) {
    if (width == 0) width = line.size();
    EXPECT_EQ(line.size(), width) << line;
  }
}

TEST_F(HistoryTest, AYoungRunHasTablesToo) {
  const History history = read({});
  EXPECT_EQ(history_csv(history),
            "epoch,step,train_loss,lr,seconds,images_per_second,data_wait,quarantined,best\n");
  EXPECT_THAT(history_markdown(history), HasSubstr("No epoch has been finished yet."));
  EXPECT_EQ(history.best(), nullptr);
}

}  // namespace
}  // namespace r50::report
