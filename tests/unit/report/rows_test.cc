#include "report/rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "r50/error.h"
#include "support/python.h"
#include "support/temp_folder.h"

namespace r50::report {
namespace {

using testing::HasSubstr;

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity_value = std::numeric_limits<double>::infinity();

StepEvent some_step() {
  return {.step = 10,
          .epoch = 1,
          .loss = 2.25,
          .lr = 0.1,
          .momentum = 0.9,
          .grad_norm = 0,
          .size = 64,
          .wall = {1.5, 426.7, 0.02}};
}

EvaluationEvent some_evaluation() {
  return {.epoch = 1,
          .step = 20,
          .set = "ema",
          .loss = 1.5,
          .top1 = 50,
          .top5 = 80,
          .images = 500,
          .best = true,
          .wall_seconds = 3};
}

template <class Event>
Event again(const Event& event) {
  return std::get<Event>(parse_row(row_text({7, event})).event);
}

TEST(Rows, HaveTheDocumentedForm) {
  EXPECT_EQ(row_text({0, some_step()}),
            R"({"row":0,"kind":"step","step":10,"epoch":1,"loss":2.25,"lr":0.1,"momentum":0.9,)"
            R"("grad_norm":0.0,"size":64,)"
            R"("wall":{"seconds":1.5,"images_per_second":426.7,"data_wait":0.02}})");
  EXPECT_EQ(row_text({1, some_evaluation()}),
            R"({"row":1,"kind":"evaluation","epoch":1,"step":20,"set":"ema","loss":1.5,)"
            R"("top1":50.0,"top5":80.0,"images":500,"best":true,"wall":{"seconds":3.0}})");
  EXPECT_EQ(row_text({2, EpochEvent{1, 20, 2.5, 0.05, 3, {9, 400, 0}}}),
            R"({"row":2,"kind":"epoch","epoch":1,"step":20,"loss":2.5,"lr":0.05,"quarantined":3,)"
            R"("wall":{"seconds":9.0,"images_per_second":400.0,"data_wait":0.0}})");
}

TEST(Rows, GiveTheSameBitsBack) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const auto value = std::bit_cast<double>(random());
    StepEvent step = some_step();
    step.loss = value;
    const double back = again(step).loss;
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(back));
    } else {
      EXPECT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(value));
    }
  }
  for (const double value : {0.0, -0.0, 1.0, 1e22, 5e-324, infinity_value, -infinity_value}) {
    EvaluationEvent event = some_evaluation();
    event.top1 = value;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(again(event).top1), std::bit_cast<std::uint64_t>(value))
        << value;
  }
}

TEST(Rows, KeepNamesWithStrangeLetters) {
  EvaluationEvent event = some_evaluation();
  event.set = "gr\xc3\xbc\xc3\x9f \"x\"\n\\";
  EXPECT_EQ(again(event).set, event.set);
}

TEST(Rows, DifferOnlyUnderWallWhenOnlyTimesDiffer) {
  StepEvent slow = some_step();
  slow.wall = {99, 1, 0.5};
  const std::string a = row_text({3, some_step()});
  const std::string b = row_text({3, slow});
  EXPECT_NE(a, b);
  EXPECT_EQ(a.substr(0, a.find("\"wall\"")), b.substr(0, b.find("\"wall\"")));
}

TEST(Rows, PythonReadsThem) {
  if (!test::has_python()) GTEST_SKIP() << "no Python here";
  const test::TempFolder folder;
  StepEvent bad = some_step();
  bad.loss = nan_value;
  bad.grad_norm = infinity_value;
  const std::string file =
      folder.write("metrics.jsonl", row_text({0, some_step()}) + "\n" + row_text({1, bad}) + "\n" +
                                        row_text({2, some_evaluation()}) + "\n");
  const std::string script = R"(
import json, sys
rows = []
for line in open(sys.argv[1]):
    rows.append(json.loads(line, parse_constant=lambda word: sys.exit("not JSON: " + word)))
assert [row["row"] for row in rows] == [0, 1, 2]
assert rows[0]["loss"] == 2.25 and rows[0]["wall"]["images_per_second"] == 426.7
assert type(rows[0]["grad_norm"]) is float
assert float(rows[1]["loss"]) != float(rows[1]["loss"])
assert float(rows[1]["grad_norm"]) == float("inf")
assert rows[2]["set"] == "ema" and rows[2]["best"] is True
print("good")
)";
  EXPECT_EQ(test::python(script, {file}), "good\n");
}

class RowFile : public testing::Test {
 protected:
  std::vector<Row> read(const std::string& content, std::int64_t from = 0) {
    return read_rows(base::real_files(), folder_.write("metrics.jsonl", content), from);
  }
  std::string complaint(const std::string& content) {
    try {
      read(content);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  }
  std::string line(std::int64_t number) const { return row_text({number, some_step()}) + "\n"; }
  test::TempFolder folder_;
};

TEST_F(RowFile, IsReadFromARow) {
  const std::string content = line(0) + line(1) + line(2);
  EXPECT_EQ(read(content).size(), 3U);
  ASSERT_EQ(read(content, 2).size(), 1U);
  EXPECT_EQ(read(content, 2)[0].number, 2);
  EXPECT_TRUE(read(content, 3).empty());
  EXPECT_TRUE(read(content, 99).empty());
  EXPECT_TRUE(read("").empty());
}

TEST_F(RowFile, MayEndTornAnywhere) {
  const std::string whole = line(0) + line(1);
  for (std::size_t cut = line(0).size(); cut < whole.size(); ++cut) {
    EXPECT_EQ(read(whole.substr(0, cut)).size(), 1U) << cut;
  }
}

TEST_F(RowFile, DamageInTheMiddleIsNamedWithItsLine) {
  EXPECT_THAT(complaint(line(0) + "{\"row\":1,\n" + line(2)),
              testing::AllOf(HasSubstr("Line 2 of '"), HasSubstr("metrics.jsonl' is damaged")));
  EXPECT_THAT(complaint(line(0) + line(2)), HasSubstr("it is numbered 2, but row 1 belongs there"));
  EXPECT_THAT(complaint("{\"row\":0,\"kind\":\"dance\",\"wall\":{}}\n"),
              HasSubstr("its kind is 'dance'"));
  EXPECT_THAT(complaint("[]\n"), HasSubstr("is damaged"));
  EXPECT_THAT(complaint("\xff\xfe\n"), HasSubstr("is damaged"));
}

TEST_F(RowFile, KeysOfALaterVersionAreSkipped) {
  std::string text = line(0);
  text.insert(1, R"("new":[1,2],)");
  EXPECT_EQ(read(text).size(), 1U);
}

}  // namespace
}  // namespace r50::report
