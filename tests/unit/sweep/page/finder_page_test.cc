#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "strict_pages.h"
#include "sweep/page/page.h"
#include "sweep/page/sections.h"
#include "unit/sweep/show/made_finders.h"

namespace r50::sweep::page {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(FinderPage, OfEveryOddSweepIsWhole) {
  std::vector<std::string> pages;
  MadeFinders none;
  none.add({"x=1"}, TrialState::running, 0);
  none.add({"x=2"}, TrialState::failed, 0).message = "no such data";
  pages.push_back(report_page(none.source));
  EXPECT_THAT(pages.back(), HasSubstr("No finder has finished yet, 1 failed."));
  EXPECT_THAT(pages.back(), HasSubstr("no such data"));
  EXPECT_THAT(pages.back(), Not(HasSubstr("<h2>Charts")));

  MadeFinders one;
  one.find("the only point", {"x=1"}, 0.02, 1, 1);
  pages.push_back(report_page(one.source));
  EXPECT_THAT(pages.back(), HasSubstr("By the rule valley it suggests 0.02."));

  MadeFinders odd;
  odd.find("x 1", {"x=1"}, 0.02).curves[1] = {{0.001}, {2}};  // cut off early
  odd.find("x 2", {"x=2"}, 0.02).curves = {{{0.001, 0.01}, {std::nan(""), 1}}};
  odd.find("x 3", {"x=3"}, 1e300).curves.clear();
  Finder& silent = odd.find("x 4", {"x=word"}, 0.02);
  silent.suggested = silent.wished = silent.low = silent.high = std::nullopt;
  odd.find("x 5", {"x=5"}, 0.01).curves[0] = {{0.001, 0.01, 0.1}, {2, 1, INFINITY}};
  pages.push_back(report_page(odd.source));

  MadeFinders many;
  many.grid(6, 9);
  pages.push_back(report_page(many.source));
  if (!test::has_python()) GTEST_SKIP() << "no Python";
  read_strictly(pages);
}

TEST(FinderPage, NothingThatWasReadBecomesMarkup) {
  const std::string evil = "</title></td><script>alert(1)</script><img src=x onerror='a'>\x02";
  MadeFinders made;
  made.source.sweep.name = made.source.sweep.path = made.source.file_text = evil;
  made.find(evil, {evil + "=\"" + evil + "\""}, 0.02).rule = evil;
  made.find(evil + "2", {evil + "=\"2\""}, 0.03);
  const std::string page = report_page(made.source);
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  if (!test::has_python()) GTEST_SKIP() << "no Python";
  read_strictly({page});
}

TEST(FinderPage, HasALineAPointAndNoBestOne) {
  MadeFinders made;
  made.grid(3, 3);
  made.source.finders[0].divergence = 0.0042;
  made.source.finders[0].wished = 0.2;
  const std::string page = report_page(made.source);
  EXPECT_EQ(page, report_page(made.source));
  const auto from = page.find("<table class=\"sortable rates\">");
  ASSERT_NE(from, std::string::npos);
  const std::string table = page.substr(from, page.find("</table>", from) - from);
  EXPECT_EQ(times(table, "<tr data-p="), 9u);
  EXPECT_THAT(table, HasSubstr(">batch 16, decay 0.2</th><td class=\"number\" data-v=\"0.005\">"
                               "0.005</td><td class=\"number\" data-v=\"0.0025\">0.0025 to 0.01"
                               "</td>"));
  EXPECT_EQ(times(table, ">half of that</td>"), 1u);
  EXPECT_THAT(table, HasSubstr(">0.0042</td><td>half of that</td>"));
  EXPECT_EQ(times(table, ">never</td>"), 8u);
  const std::string body = page.substr(page.find("<body>"));
  for (const char* word : {"wins", "leads", "★", "epochs", "higher is better"}) {
    EXPECT_THAT(body, Not(HasSubstr(word)));
  }
}

// Rates 0.001 to 0.1 go a twentieth further at each end, losses 1 to 2 from tick to tick: 0.01 with
// a loss of 1 lies in the middle at the bottom, which is at 286.
TEST(FinderCharts, MarkTheSuggestedRateOnTheMedian) {
  MadeFinders made;
  made.find("x 1", {"x=1"}, 0.01, 1, 1);
  const std::string drawn = loss_over_rates(FinderView(made.source)).source();
  EXPECT_THAT(drawn, HasSubstr("<circle cx=\"304\" cy=\"286\" r=\"5\"/>"));
  EXPECT_THAT(drawn, HasSubstr("d=\"M87.6 34L304 286L520.4 34\""));
  EXPECT_THAT(drawn, HasSubstr("<title>x 1: suggests 0.01, diverges never</title>"));
  EXPECT_THAT(drawn, Not(HasSubstr("class=\"band"))) << "of a single seed";
}

TEST(FinderCharts, EndWhereAllLinesHaveLeftThem) {
  MadeFinders made;
  made.find("x 1", {"x=1"}, 0.01).curves = {{{0.001, 0.01, 0.1, 1, 10}, {2, 1, 100, 1000, 10000}}};
  const std::string drawn = loss_over_rates(FinderView(made.source)).source();
  EXPECT_THAT(drawn, HasSubstr(">0.1</text>"));
  EXPECT_THAT(drawn, Not(HasSubstr(">1</text>")));
}

TEST(FinderCharts, ShowBandsOfFewPointsAndHideThoseOfMany) {
  MadeFinders few, many;
  few.grid(2, 1);
  many.grid(4, 1);
  const std::string two = loss_over_rates(FinderView(few.source)).source();
  EXPECT_EQ(times(two, "class=\"band "), 2u);
  EXPECT_EQ(times(two, " seen\""), 2u);
  const std::string four = loss_over_rates(FinderView(many.source)).source();
  EXPECT_EQ(times(four, "class=\"band "), 4u);
  EXPECT_THAT(four, Not(HasSubstr(" seen\"")));
}

TEST(FinderCharts, TellTheGridByColoursAndDashes) {
  MadeFinders made;
  made.grid(3, 5);
  const FinderView view(made.source);
  EXPECT_EQ(view.told_by_color, "opt.decay") << "of which there are more";
  EXPECT_EQ(view.told_by_dash, "run.batch");
  ASSERT_EQ(view.marked.size(), 15u);
  for (std::size_t i = 0; i < 15; ++i) {
    EXPECT_EQ(view.looks[i].color, i % 5);
    EXPECT_EQ(view.looks[i].dash, i / 5);
  }
}

TEST(FinderCharts, ShareLooksWhereThereAreMorePoints) {
  MadeFinders made;
  made.grid(5, 6);  // six decays have no dashes
  const FinderView view(made.source);
  EXPECT_EQ(view.told_by_color, "run.batch");
  EXPECT_EQ(view.told_by_dash, "");
  ASSERT_EQ(view.marked.size(), 30u);
  EXPECT_EQ(view.looks[29].color, 4u);
  const std::string charts = finder_charts_section(view).source();
  const std::string legend = charts.substr(0, charts.find("</ul>"));
  EXPECT_EQ(times(legend, "<li"), 5u);
  EXPECT_THAT(legend, HasSubstr("</svg>batch 128</li>"));
  EXPECT_EQ(times(charts, "class=\"curve k5 d1 thin\""), 6u);
}

TEST(FinderCharts, LeaveOutOfTheLegendWhoHasNotFinished) {
  MadeFinders made;
  made.add({"run.batch=8"}, TrialState::running, 0);
  made.find("batch 16", {"run.batch=16"}, 0.01);
  const FinderView view(made.source);
  ASSERT_EQ(view.marked.size(), 1u);
  EXPECT_EQ(view.looks[0].color, 1u) << "another's look is kept for it";
  const std::string charts = finder_charts_section(view).source();
  EXPECT_EQ(times(charts.substr(0, charts.find("</ul>")), "<li"), 1u);
}

TEST(FinderCharts, GiveTwelvePointsALookEachAndNoMore) {
  MadeFinders made;
  made.grid(1, 9);
  for (int i = 0; i < 5; ++i) {
    made.find("more", {"run.batch=8", "opt.decay=" + std::to_string(i + 1)}, 0.01);
  }
  const FinderView view(made.source);
  std::set<std::pair<std::size_t, std::size_t>> different;
  for (const Look& look : view.looks) different.emplace(look.color, look.dash);
  EXPECT_EQ(different.size(), 12u);
  EXPECT_FALSE(view.look(12));
  const std::string drawn = loss_over_rates(view).source();
  EXPECT_EQ(times(drawn, "class=\"curve k"), 14u);
  EXPECT_EQ(times(drawn, "class=\"curve k0 thin\""), 2u);
}

TEST(FinderCharts, OfVeryManyPointsSomeAreDrawn) {
  MadeFinders made;
  for (int i = 0; i < 300; ++i) made.find("x", {"x=" + std::to_string(i)}, 0.01);
  const std::string drawn = loss_over_rates(FinderView(made.source)).source();
  EXPECT_EQ(times(drawn, "class=\"curve k"), 200u);
  EXPECT_THAT(drawn, HasSubstr("The curves of 200 of 300 finders are drawn."));
}

TEST(FinderCharts, JoinRatesOfPointsThatDifferInNothingElse) {
  MadeFinders made;
  made.grid(3, 2);
  const FinderView view(made.source);
  ASSERT_EQ(view.varied.size(), 2u);
  const std::string over_batch = rates_chart(view, view.varied[0]).source();
  EXPECT_EQ(times(over_batch, "class=\"joined\""), 2u) << "a line a decay";
  EXPECT_EQ(times(over_batch, "class=\"mark "), 6u);
  EXPECT_EQ(times(over_batch, "class=\"reach "), 6u);
  const std::string over_decay = rates_chart(view, view.varied[1]).source();
  EXPECT_EQ(times(over_decay, "class=\"joined\""), 3u) << "a line a batch";
}

// Of one value, beside each other, and none beyond the frame (66 to 542).
TEST(FinderCharts, SetPointsOfOneValueSideBySide) {
  MadeFinders made;
  made.grid(2, 20);
  const FinderView view(made.source);
  const std::string drawn = rates_chart(view, view.varied[0]).source();
  std::set<double> places;
  const std::string begin = "<line class=\"reach ";
  for (auto at = drawn.find(begin); at != std::string::npos; at = drawn.find(begin, at + 1)) {
    places.insert(std::stod(drawn.substr(drawn.find("x1=\"", at) + 4)));
  }
  EXPECT_EQ(places.size(), 40u);
  EXPECT_GE(*places.begin(), 66);
  EXPECT_LE(*places.rbegin(), 542);
}

TEST(FinderSource, IsReadFromTheFolderAndThePageWrittenThere) {
  const test::TempFolder folder;
  MadeFinders made;
  Trial& trial = made.add({"x=1"}, TrialState::finished, 0.02);
  trial.id = "a";
  folder.write("a/lr_suggestion.json", R"({"suggested_max_lr": 0.02, "rule": "steep", "batch": 64,
    "suggestions": {"steep": {"median": 0.05, "seeds": [0.04, 0.06]}},
    "divergence": {"smallest": 0.04, "seeds": [0.04, null]}})");
  folder.write("a/lr_find.csv", "seed,iteration,lr,loss,smoothed\n1,0,0.001,2,2\n1,1,0.1,1,1\n");
  EXPECT_EQ(try_report(base::real_files(), folder.path(), made.source.sweep, made.source.trials),
            "The report, for a browser: " + folder.path() + "/report.html");
  const std::string page = base::real_files().read(folder / "report.html");
  EXPECT_THAT(page, HasSubstr("By the rule steep it suggests 0.02."));
  EXPECT_THAT(page, HasSubstr("which holds back 1 of 1."));
  folder.write("a/lr_suggestion.json", "{");
  EXPECT_THAT(try_report(base::real_files(), folder.path(), made.source.sweep, made.source.trials),
              HasSubstr("a/lr_suggestion.json' is damaged"));
}

}  // namespace
}  // namespace r50::sweep::page
