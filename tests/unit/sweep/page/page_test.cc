#include "sweep/page/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "report/rows.h"
#include "strict_pages.h"
#include "support/python.h"
#include "support/temp_folder.h"
#include "sweep/page/scene.h"
#include "sweep/page/sections.h"
#include "unit/sweep/show/made_sweeps.h"

namespace r50::sweep::page {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

MadeSweep ordinary() {
  MadeSweep made;
  made.add_seeds({"lr=0.1", "batch=64"}, {50, 51, 52});
  made.curve({20, 40, 52});
  made.add_seeds({"lr=0.2", "batch=64"}, {40, 41.5, 42});
  made.curve({10, 30, 42});
  made.add_seeds({"lr=0.1", "batch=128"}, {45, 46, 46.5});
  made.add_seeds({"lr=0.2", "batch=128"}, {43, 44, 46.5});
  return made;
}

TEST(SweepPage, OfEveryOddSweepIsWhole) {
  std::vector<std::string> pages = {report_page(ordinary().source)};
  const MadeSweep empty;
  pages.push_back(report_page(empty.source));
  EXPECT_THAT(pages.back(), HasSubstr("No trial has finished yet."));

  MadeSweep one;
  one.add({"x=1"}, TrialState::finished, 57.3);
  one.curve({57.3});
  pages.push_back(report_page(one.source));
  EXPECT_THAT(pages.back(), HasSubstr("57.30"));

  MadeSweep no_numbers("loss");
  no_numbers.add({"x=1"}, TrialState::finished, std::nan(""));
  no_numbers.curve({1, std::nan(""), std::nan("")});
  no_numbers.add({"x=2"}, TrialState::finished, INFINITY);
  no_numbers.curve({std::nan(""), INFINITY});
  no_numbers.add({"x=3"}, TrialState::finished, -1e308);
  no_numbers.add({"x=1e308"}, TrialState::finished, 1e308);
  pages.push_back(report_page(no_numbers.source));
  EXPECT_THAT(pages.back(), HasSubstr("diverged"));

  MadeSweep failed;
  failed.add({"x=1"}, TrialState::failed, 0).message = "no such data";
  failed.add({"x=2"}, TrialState::failed, 0);
  pages.push_back(report_page(failed.source));
  EXPECT_THAT(pages.back(), HasSubstr("2 trials failed"));
  EXPECT_THAT(pages.back(), HasSubstr("no such data"));

  MadeSweep conditional;  // words and numbers, and keys that some points lack
  conditional.add({"use=\"sgd\""}, TrialState::finished, 50);
  conditional.add({"use=\"sam\"", "rho=0.05"}, TrialState::finished, 52);
  conditional.add({"use=\"sam\"", "rho=0.1"}, TrialState::finished, 51);
  pages.push_back(report_page(conditional.source));
  EXPECT_THAT(pages.back(), HasSubstr("1 point does not have it."));
  EXPECT_THAT(pages.back(), HasSubstr(">none</text>"));

  MadeSweep waiting;
  waiting.add({"x=1"}, TrialState::waiting, 0);
  waiting.add({"x=2"}, TrialState::running, 0);
  pages.push_back(report_page(waiting.source));

  MadeSweep many_keys;  // one column of words for all
  for (int i = 0; i < 4; ++i) {
    std::vector<std::string> words;
    for (int key = 0; key < 12; ++key) {
      words.push_back("key" + std::to_string(key) + "=" + std::to_string(key * i));
    }
    many_keys.add(words, TrialState::finished, i);
  }
  pages.push_back(report_page(many_keys.source));
  if (!test::has_python()) GTEST_SKIP() << "no Python";
  read_strictly(pages);
}

TEST(SweepPage, NothingThatWasReadBecomesMarkup) {
  const std::string evil =
      "</title></td><script>alert(1)</script><img src=x onerror='alert(2)'>\x02";
  MadeSweep made(evil);
  made.source.sweep.name = made.source.sweep.path = made.source.file_text = evil;
  made.source.experiment = evil;
  made.source.builds[evil] = 2;
  made.add({evil + "=\"" + evil + "\"", "y=1"}, TrialState::finished, 50);
  made.curve({10, 50});
  made.add({evil + "=\"b\"", "y=2"}, TrialState::finished, 60);
  made.curve({10, 50});
  Trial& failed = made.add({"y=3"}, TrialState::failed, 0);
  failed.id = failed.message = failed.stage = evil;
  failed.stage.clear();
  const std::string page = report_page(made.source);
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  if (!test::has_python()) GTEST_SKIP() << "no Python";
  read_strictly({page});
}

TEST(SweepPage, NamesAWinnerOnlyWhereThereIsOne) {
  const std::string judged = report_page(ordinary().source);
  EXPECT_THAT(judged, HasSubstr("lr 0.1, batch 64 wins"));
  EXPECT_THAT(judged, HasSubstr("★ wins"));
  EXPECT_THAT(judged, HasSubstr("± 2.5"));

  MadeSweep single;
  for (int i = 0; i < 6; ++i) single.add({"x=" + std::to_string(i)}, TrialState::finished, 50 + i);
  const std::string page = report_page(single.source);
  EXPECT_THAT(page, HasSubstr("Not judged: no point has finished with 2 seeds"));
  EXPECT_THAT(page, HasSubstr("The order is no verdict."));
  const std::string body = page.substr(page.find("<body>"));
  for (const char* word : {"wins", "leads", "★", "Best", "best "}) {
    EXPECT_THAT(body, Not(HasSubstr(word)));
  }
}

TEST(SweepPage, StoppedTrialsAreNoPoints) {
  MadeSweep made;
  made.add_seeds({"x=1"}, {50, 51});
  made.add({"x=7"}, TrialState::stopped, 99).message = "not among the best third";
  const std::string page = report_page(made.source);
  EXPECT_THAT(page, HasSubstr("Such trials never enter the judgement"));
  const auto points = page.find("<h2>Points");
  ASSERT_NE(points, std::string::npos);
  const auto table = page.substr(points, page.find("</table>", points) - points);
  EXPECT_THAT(table, HasSubstr("50.50"));
  EXPECT_THAT(table, Not(HasSubstr("99")));
}

TEST(SweepPage, TheSameSweepGivesTheSameBytes) {
  EXPECT_EQ(report_page(ordinary().source), report_page(ordinary().source));
}

// Two points at x 1 and 3, at 10 and 20: an axis goes a twentieth of its span further at each end.
TEST(SweepCharts, PlaceDotsByHand) {
  MadeSweep made;
  made.add({"x=1"}, TrialState::finished, 10);
  made.add({"x=3"}, TrialState::finished, 20);
  const View view(made.source);
  ASSERT_EQ(view.varied.size(), 1u);
  const std::string drawn = strip_chart(view, view.varied[0]).source();
  // 66 + 476 * 2.1 / 2.2, 286 - 252 * 10.5 / 11: the better one, a disc.
  EXPECT_THAT(drawn, HasSubstr("<circle cx=\"520.4\" cy=\"45.5\" r=\"5\"/>"));
  // 87.6 - 4.5, 274.5 - 4.5: a square.
  EXPECT_THAT(drawn, HasSubstr("<rect x=\"83.1\" y=\"270\" width=\"9\" height=\"9\"/>"));
  EXPECT_THAT(drawn, HasSubstr("<title>trial 1: x 3: top1 20</title>"));
}

TEST(SweepCharts, CurvesStopWhereTheyAreNoNumbers) {
  MadeSweep made;
  made.add({"x=1"}, TrialState::finished, 20);
  made.curve({10, 15, std::nan(""), 15, 20});
  const View view(made.source);
  // Epochs 1 to 5 are 119 apart; 10, 15 and 20 lie a 22nd from the ends, and in the middle.
  EXPECT_THAT(learning_curves(view).source(),
              HasSubstr("d=\"M66 274.5L185 160M423 160L542 45.5\""));
}

TEST(SweepCharts, OfManyTrialsSomeAreDrawn) {
  MadeSweep made;
  for (int i = 0; i < 300; ++i) {
    made.add({"x=" + std::to_string(i)}, TrialState::finished, i);
    if (i % 2 == 0) made.curve({1.0, 2.0 + i});
  }
  const std::string drawn = learning_curves(View(made.source)).source();
  EXPECT_THAT(drawn, HasSubstr("The curves of 150 of 300 trials are drawn"));
}

TEST(SweepCharts, TheHeatMapFramesTheBestCell) {
  MadeSweep made("loss");
  for (const auto& [x, y, loss] : {std::tuple{1, 1, 4.0}, {1, 2, 3.0}, {2, 1, 2.0}, {2, 2, 2.5}}) {
    made.add({"x=" + std::to_string(x), "y=" + std::to_string(y)}, TrialState::finished, loss);
  }
  const std::string drawn = heat_chart(View(made.source)).source();
  // The lowest, x 2 and y 1: the upper row (36 high, from 34 on), the left one of two columns that
  // share 560 - 40 - 8.
  EXPECT_THAT(
      drawn,
      HasSubstr("class=\"bestcell\" style=\"\" x=\"41\" y=\"35\" width=\"254\" height=\"34\""));
  EXPECT_THAT(drawn, HasSubstr("x 2, y 1: 2.000, of 1 trial"));
  EXPECT_THAT(drawn, HasSubstr("around the lowest"));
  EXPECT_THAT(drawn, HasSubstr("fill:rgb(255,234,70)"));
  EXPECT_THAT(drawn, HasSubstr("fill:rgb(0,34,78)"));
}

TEST(SweepCharts, AHeatMapHasTwelveLevelsAtMost) {
  const auto grid = [](int columns) {
    MadeSweep made;
    for (int i = 0; i < 2 * columns; ++i) {
      made.add({"x=" + std::to_string(i / 2), "y=" + std::to_string(i % 2)}, TrialState::finished,
               i);
    }
    return made;
  };
  const MadeSweep twelve = grid(12), thirteen = grid(13);
  EXPECT_FALSE(heat_chart(View(twelve.source)).empty());
  EXPECT_TRUE(heat_chart(View(thirteen.source)).empty());
}

TEST(SweepCharts, CostsOfTheFrontAreNamed) {
  MadeSweep made;
  made.add({"x=1"}, TrialState::finished, 50).seconds = 10;
  made.add({"x=2"}, TrialState::finished, 40).seconds = 20;  // dearer and worse
  made.add({"x=3"}, TrialState::finished, 60).seconds = 30;
  made.add({"x=4"}, TrialState::failed, 0);  // costs nothing that counts
  const std::string drawn = cost_chart(View(made.source)).source();
  EXPECT_THAT(drawn, HasSubstr("x 1 (10 s, 50); x 3 (30 s, 60)."));
  EXPECT_THAT(drawn, HasSubstr("x 2: top1 40, 20 s a trial"));
  EXPECT_THAT(drawn, Not(HasSubstr("x 4")));
}

TEST(SweepCharts, PointsOfTheSecondStageKeepTheirColour) {
  MadeSweep made;
  for (int i = 0; i < 4; ++i) {
    made.add({"x=" + std::to_string(i)}, TrialState::finished, 50 + i).at = {0.1 * i, std::nan("")};
  }
  for (int i = 2; i < 4; ++i) {  // there the third is the better one
    for (int seed = 0; seed < 2; ++seed) {
      Trial& again = made.add({"x=" + std::to_string(i), "held_out=0"}, TrialState::finished,
                              60 - 5 * i + 0.1 * seed * i);
      again.stage = "confirm";
      again.at = {0.1 * i, std::nan("")};
      again.replicate = seed;
    }
  }
  const View view(made.source);
  EXPECT_EQ(view.judged.stage, "confirm");
  EXPECT_THAT(view.marked, ElementsAre(2, 3));
  EXPECT_EQ(view.group_of[5], 2);
  EXPECT_EQ(view.group_of[6], 3);
}

TEST(SweepSource, TakesTheBestAndAnEvenSample) {
  EXPECT_THAT(even_sample(10, 3), ElementsAre(0, 3, 6));
  EXPECT_THAT(even_sample(2, 5), ElementsAre(0, 1));
  EXPECT_THAT(even_sample(0, 3), ElementsAre());
  EXPECT_THAT(even_sample(3, 0), ElementsAre());
  MadeSweep made;
  for (int i = 0; i < 10; ++i) made.add({}, TrialState::finished, i == 4 ? std::nan("") : i);
  made.add({}, TrialState::waiting, 0);
  EXPECT_THAT(drawn_trials(made.source.trials, true, 2, 3), ElementsAre(0, 2, 5, 8, 9));
  EXPECT_THAT(drawn_trials(made.source.trials, false, 1, 0), ElementsAre(0));
}

TEST(SweepSource, IsReadFromTheFolderAndThePageWrittenThere) {
  const test::TempFolder folder;
  MadeSweep made = ordinary();
  const Row row{0, EvaluationEvent{.epoch = 1, .step = 1, .set = "plain", .top1 = 33.5}};
  folder.write("id0/metrics.jsonl", report::row_text(row) + "\n");
  folder.write("id0/run.json", R"({"r50": "0.1.0", "git": "abc", "device": "cpu", "threads": 4})");
  folder.write("id1/run.json", "{\"r50\": ");
  folder.write("sweep.toml", "seeds = 3  # frozen\n");
  const std::string said =
      try_report(base::real_files(), folder.path(), made.source.sweep, made.source.trials);
  EXPECT_EQ(said, "The report, for a browser: " + folder.path() + "/report.html");
  const Source source =
      read_source(base::real_files(), folder.path(), made.source.sweep, made.source.trials);
  ASSERT_EQ(source.curves.at(0).size(), 1u);
  EXPECT_EQ(source.curves.at(0)[0].value, 33.5);
  EXPECT_EQ(source.file_text, "seeds = 3  # frozen\n");
  EXPECT_THAT(source.builds, ElementsAre(std::pair("r50 0.1.0, git abc, cpu", 1)));
  const std::string page = base::real_files().read(folder / "report.html");
  EXPECT_EQ(page, report_page(source));
  EXPECT_THAT(page, HasSubstr("seeds = 3  # frozen"));
}

TEST(SweepSource, ACurveBeginsWhereItsTrialBranched) {
  const test::TempFolder folder;
  MadeSweep made;
  made.add({"lr=0.1"}, TrialState::finished, 50).begin = 2;
  std::string rows;
  for (std::int64_t epoch = 1; epoch <= 4; ++epoch) {
    const EvaluationEvent event{.epoch = epoch, .step = epoch, .set = "plain", .top1 = 40};
    rows += report::row_text({epoch - 1, event}) + "\n";
  }
  folder.write("id0/metrics.jsonl", rows);
  const Source source =
      read_source(base::real_files(), folder.path(), made.source.sweep, made.source.trials);
  ASSERT_EQ(source.curves.at(0).size(), 3u);
  EXPECT_EQ(source.curves.at(0)[0].epoch, 2);
}

TEST(SweepSource, ASweepDoesNotFailForItsReport) {
  const MadeSweep made = ordinary();
  EXPECT_THAT(
      try_report(base::real_files(), "/no/such/folder", made.source.sweep, made.source.trials),
      HasSubstr("There is no report for a browser: cannot"));
}

}  // namespace
}  // namespace r50::sweep::page
