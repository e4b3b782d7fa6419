#include "record/metrics_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "r50/error.h"
#include "support/checkpoint/full_disk.h"
#include "support/temp_folder.h"

namespace r50::record {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Event step(std::int64_t number, StepWall wall = {}) {
  StepEvent event;
  event.step = number;
  event.wall = wall;
  return event;
}

class LogTest : public testing::Test {
 protected:
  std::string content() { return base::real_files().read(path_); }
  std::string rows(std::int64_t from, std::int64_t to) {
    std::string text;
    for (std::int64_t i = from; i < to; ++i) text += row_text({i, step(i)}) + "\n";
    return text;
  }
  void write(const std::string& text) { folder_.write("metrics.jsonl", text); }
  std::string complaint(LogMark mark) {
    try {
      MetricsFile(base::real_files(), path_, mark);
    } catch (const Error& error) {
      return error.what();
    }
    return "none";
  }

  test::TempFolder folder_;
  std::string path_ = folder_ / "metrics.jsonl";
};

TEST_F(LogTest, NumbersItsRowsFromZero) {
  MetricsFile log(base::real_files(), path_, {});
  EXPECT_EQ(log.add(step(0)).number, 0);
  EXPECT_EQ(log.add(step(1)).number, 1);
  EXPECT_EQ(log.mark().rows, 2);
  EXPECT_EQ(content(), rows(0, 2));
}

TEST_F(LogTest, ContinuesBehindTheMarkWhateverFollowsIt) {
  const std::string whole = rows(0, 5);
  const std::size_t kept = rows(0, 3).size();
  for (std::size_t cut = kept; cut <= whole.size(); ++cut) {
    write(whole.substr(0, cut));
    MetricsFile log(base::real_files(), path_, {3});
    EXPECT_EQ(content(), rows(0, 3)) << cut;
    EXPECT_EQ(log.add(step(3)).number, 3);
    EXPECT_EQ(content(), rows(0, 4)) << cut;
  }
}

TEST_F(LogTest, MarkOfTwoRunsIsEqualThoughTheirTimesDiffer) {
  MetricsFile slow(base::real_files(), path_, {});
  MetricsFile fast(base::real_files(), folder_ / "other.jsonl", {});
  slow.add(step(1, {123.456, 1.5, 0.25}));
  fast.add(step(1, {1, 2, 0}));
  EXPECT_EQ(slow.mark().rows, fast.mark().rows);
  EXPECT_EQ(sizeof(LogMark), sizeof(std::int64_t));  // a checkpoint must not hold times' lengths
}

TEST_F(LogTest, MissingRowsAreAnErrorThatSaysWhatToDo) {
  write(rows(0, 2) + rows(2, 3).substr(0, 9));
  EXPECT_THAT(complaint({3}), AllOf(HasSubstr("has 2 rows"), HasSubstr("saved after 3"),
                                    HasSubstr("--from"), HasSubstr(path_)));
  EXPECT_EQ(content(), rows(0, 2) + rows(2, 3).substr(0, 9));  // nothing was cut
  base::real_files().remove(path_);
  EXPECT_THAT(complaint({1}), HasSubstr("has 0 rows"));
}

TEST_F(LogTest, EditedFileIsRefused) {
  write(rows(0, 1) + "what is this\n" + rows(2, 4));
  EXPECT_THAT(complaint({2}), AllOf(HasSubstr("Line 2 of"), HasSubstr("damaged or was edited")));
  write(rows(1, 4));
  EXPECT_THAT(complaint({3}), HasSubstr("Line 3 of"));
}

TEST_F(LogTest, FullDiskLosesNoRowAndTearsNone) {
  test::FullDisk disk;
  MetricsFile log(disk, path_, {});
  log.add(step(0));
  EXPECT_EQ(log.trouble(), "");
  disk.room = 20;
  log.add(step(1));
  EXPECT_THAT(log.trouble(), HasSubstr("No space left on device"));
  log.add(step(2));
  EXPECT_THROW(log.written(), base::FileError);  // so no checkpoint counts on these rows
  EXPECT_EQ(log.mark().rows, 3);
  disk.room = UINT64_MAX;
  log.add(step(3));
  EXPECT_EQ(log.trouble(), "");
  log.written();
  EXPECT_EQ(content(), rows(0, 4));
}

TEST_F(LogTest, SetAsideKeepsLaterRowsUnderANewName) {
  write(rows(0, 5) + "torn");
  const std::string first = set_aside(base::real_files(), path_, {2});
  EXPECT_EQ(first, folder_ / "metrics.set_aside_1.jsonl");
  EXPECT_EQ(base::real_files().read(first), rows(2, 5));
  MetricsFile log(base::real_files(), path_, {2});
  log.add(step(2));
  const std::string second = set_aside(base::real_files(), path_, {1});
  EXPECT_EQ(second, folder_ / "metrics.set_aside_2.jsonl");
  EXPECT_EQ(base::real_files().read(second), rows(1, 3));
  EXPECT_EQ(base::real_files().read(first), rows(2, 5));
}

TEST_F(LogTest, NothingToSetAsideMakesNoFile) {
  write(rows(0, 2) + "torn");
  EXPECT_EQ(set_aside(base::real_files(), path_, {2}), "");
  EXPECT_EQ(base::real_files().list(folder_.path()).size(), 1U);
  EXPECT_EQ(set_aside(base::real_files(), folder_ / "none.jsonl", {0}), "");
}

TEST_F(LogTest, IsReadWithoutItsTornEnd) {
  write(rows(0, 3) + "{\"row\":3");
  EXPECT_EQ(read_log(base::real_files(), path_).size(), 3U);
  EXPECT_EQ(read_log(base::real_files(), path_, 2).front().number, 2);
}

}  // namespace
}  // namespace r50::record
