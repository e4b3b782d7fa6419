#include <gtest/gtest.h>

#include <cmath>

#include "sweep/page/html.h"
#include "sweep/page/plot.h"

namespace r50::sweep::page {
namespace {

TEST(SweepHtml, EscapesWhatWouldBeMarkup) {
  EXPECT_EQ(text("<b a=\"1\" c='2'>x & y</b>").source(),
            "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;x &amp; y&lt;/b&gt;");
  EXPECT_EQ(text("lr 0.1 ± é€😀\tä\n").source(), "lr 0.1 ± é€😀\tä\n");
  EXPECT_EQ(text("").source(), "");
}

TEST(SweepHtml, ReplacesWhatIsNoUtf8AndWhatXmlDoesNotKnow) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(text("a\x01"
                 "b")
                .source(),
            "a" + bad + "b");
  EXPECT_EQ(text(std::string("a\0b", 3)).source(), "a" + bad + "b");
  EXPECT_EQ(text("\xFF").source(), bad);
  EXPECT_EQ(text("\xC0\xBC").source(), bad + bad) << "'<' in too many bytes is none";
  EXPECT_EQ(text("\xED\xA0\x80").source(), bad + bad + bad) << "half a UTF-16 pair";
  EXPECT_EQ(text("\xE2\x82").source(), bad + bad) << "cut off";
  EXPECT_EQ(text("\xF4\x90\x80\x80").source(), bad + bad + bad + bad) << "beyond Unicode";
  EXPECT_EQ(text("\xEF\xBF\xBE").source(), bad) << "never a sign";
}

TEST(SweepHtml, ElementsNest) {
  const Html cell = element("td", {{"class", "a\"b"}}, text("<"));
  EXPECT_EQ(element("tr", cell + element("td", Html())).source(),
            "<tr><td class=\"a&quot;b\">&lt;</td><td></td></tr>");
  EXPECT_EQ(element("line", {{"x1", "1"}}).source(), "<line x1=\"1\"/>");
}

TEST(SweepHtml, CoordinatesHaveATenthAtMost) {
  EXPECT_EQ(place(12.34), "12.3");
  EXPECT_EQ(place(12.0), "12");
  EXPECT_EQ(place(-0.04), "0");
  EXPECT_EQ(place(-7.96), "-8");
  EXPECT_EQ(place(std::nan("")), "0");
}

TEST(SweepHtml, APathStopsWhereThereIsNoNumber) {
  EXPECT_EQ(path_through({{0, 0}, {1, std::nan("")}, {2, 2}, {3, 3.5}}), "M0 0M2 2L3 3.5");
  EXPECT_EQ(path_through({}), "");
}

TEST(SweepHtml, LongWordsAreCutBetweenLetters) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdefg", 6), "abcde…");
  EXPECT_EQ(shortened("ääääääää", 4), "äää…");
}

TEST(SweepPlot, PlacesValues) {
  report::Axis axis;
  axis.low = 0;
  axis.high = 10;
  const Plot plot(axis, axis, "x", "y");  // 476 by 252 inside 560 by 340
  EXPECT_DOUBLE_EQ(plot.x(0), 66);
  EXPECT_DOUBLE_EQ(plot.x(5), 304);
  EXPECT_DOUBLE_EQ(plot.y(0), 286);
  EXPECT_DOUBLE_EQ(plot.y(5), 160);
  EXPECT_DOUBLE_EQ(plot.y(20), 34) << "on the edge";
  EXPECT_DOUBLE_EQ(plot.open_y(20), -218) << "outside, as lines go";
  EXPECT_TRUE(std::isnan(plot.y(std::nan(""))));
  EXPECT_TRUE(plot.holds(10));
  EXPECT_FALSE(plot.holds(10.5));
}

TEST(SweepPlot, OneOutlierDoesNotFlattenTheOthers) {
  const Range up = metric_range({1, 2, 3, 4, -1000}, true);  // best 4, median 2
  EXPECT_EQ(up.low, -4);
  EXPECT_EQ(up.high, 4);
  const Range down = metric_range({1, 2, 3, 4, 1000}, false);  // best 1, median 3
  EXPECT_EQ(down.low, 1);
  EXPECT_EQ(down.high, 9);
  const Range few = metric_range({1, 1000}, false);
  EXPECT_EQ(few.high, 1000);
  const Range some = metric_range({std::nan(""), 5, INFINITY}, true);
  EXPECT_EQ(some.low, 5);
  EXPECT_EQ(some.high, 5);
  EXPECT_EQ(metric_range({std::nan("")}, true).high, 1);
}

TEST(SweepPlot, AxesOfParameters) {
  judge::Parameter words;
  words.values = {"sgd", "sam", "adamw"};
  EXPECT_EQ(parameter_axis(words).low, -0.5);
  EXPECT_EQ(parameter_axis(words).high, 2.5);
  EXPECT_EQ(parameter_axis(words).labels, words.values);

  judge::Parameter rates;
  rates.scale = judge::Parameter::Scale::logarithmic;
  rates.values = {"0.001", "0.01", "0.1"};
  rates.numbers = {0.001, 0.01, 0.1};
  const report::Axis axis = parameter_axis(rates);
  EXPECT_TRUE(axis.logarithmic);
  EXPECT_NEAR(axis.part(0.01), 0.5, 1e-12);
  EXPECT_NEAR(axis.part(0.001), 0.05 / 1.1, 1e-12);  // a twentieth of the span at either end
  EXPECT_EQ(axis.labels, rates.values);

  judge::Parameter single;  // beside points that lack it
  single.values = {"3"};
  single.numbers = {3};
  EXPECT_NEAR(parameter_axis(single).part(3), 0.5, 1e-12);
}

}  // namespace
}  // namespace r50::sweep::page
