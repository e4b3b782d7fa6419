#include "report/panel.h"

#include <algorithm>
#include <cmath>

namespace r50::report {
namespace {

Font label_font(double scale) { return {13 * scale}; }

class Drawing {
 public:
  Drawing(Canvas& canvas, Box box, const Panel& panel, double label_room, double scale)
      : canvas_(canvas),
        box_(box),
        panel_(panel),
        scale_(scale),
        font_(label_font(scale)),
        left_(box.left + label_room) {}

  void draw() {
    lay_out();
    draw_grid();
    canvas_.clip(
        {plot_.left, plot_.top - 6 * scale_, plot_.width + 6 * scale_, plot_.height + 12 * scale_});
    for (const Band& band : panel_.bands) draw_band(band);
    for (const VerticalLine& mark : panel_.marks) draw_mark(mark);
    for (std::size_t i = 0; i < panel_.series.size(); ++i) draw_series(panel_.series[i], i);
    canvas_.unclip();
    draw_callout();
  }

 private:
  Point place(Point point) const {
    return {plot_.left + panel_.x.part(point.x) * plot_.width,
            plot_.bottom() - panel_.y.part(point.y) * plot_.height};
  }

  // Title, then the legend to its right or, where that is too narrow, on lines of its own.
  void lay_out() {
    const double line = 21 * scale_;
    const Font title_font{15 * scale_, true};
    double y = box_.top + 15 * scale_;
    canvas_.text({left_, y}, panel_.title, title_font, paint::ink);

    std::vector<Series> legend = panel_.series;
    for (const Band& band : panel_.bands)
      legend.push_back({band.name, band.color, 10, false, false, {}});
    for (const VerticalLine& mark : panel_.marks) {
      legend.push_back({mark.name, mark.color, mark.width, mark.dashed, false, {}});
    }
    const double first = left_ + canvas_.text_width(panel_.title, title_font) + 26 * scale_;
    double all = 0;
    for (const Series& series : legend) all += legend_width(series);
    double x = first;
    if (all > 0 && first + all > box_.right() + 18 * scale_) {
      x = left_;
      y += line;
    }
    for (const Series& series : legend) {
      if (series.name.empty()) continue;
      if (x + legend_width(series) > box_.right() + 18 * scale_ && x > left_) {
        x = left_;
        y += line;
      }
      draw_legend({x, y}, series);
      x += legend_width(series);
    }
    const double top = y + 13 * scale_;
    const double below = (panel_.x_title.empty() ? 24 : 44) * scale_;
    plot_ = {left_, top, box_.right() - left_, box_.bottom() - below - top};
  }

  double legend_width(const Series& series) {
    if (series.name.empty()) return 0;
    return 28 * scale_ + canvas_.text_width(series.name, font_) + 18 * scale_;
  }

  void draw_legend(Point at, const Series& series) {
    const double middle = at.y - 4.5 * scale_;
    const double width = std::max(series.width, 2.0) * scale_;
    const double cap = width > 4 * scale_ ? width / 2 : 0;  // the round end of a broad line
    canvas_.line({{at.x + cap, middle}, {at.x + 22 * scale_ - cap, middle}}, width, series.color,
                 series.dashed);
    canvas_.text({at.x + 28 * scale_, at.y}, series.name, font_, paint::ink);
  }

  void draw_grid() {
    // Hairlines lie on whole pixels, or they blur.
    const auto sharp = [](double value) { return std::floor(value) + 0.5; };
    for (std::size_t i = 0; i < panel_.y.ticks.size(); ++i) {
      const double y = sharp(place({panel_.x.low, panel_.y.ticks[i]}).y);
      canvas_.line({{plot_.left, y}, {plot_.right(), y}}, 1, paint::grid);
      canvas_.text({plot_.left - 8 * scale_, y + 4.5 * scale_}, panel_.y.labels[i], font_,
                   paint::faint, Align::right);
    }
    for (std::size_t i = 0; i < panel_.x.ticks.size(); ++i) {
      const double x = sharp(place({panel_.x.ticks[i], panel_.y.low}).x);
      canvas_.line({{x, plot_.top}, {x, plot_.bottom()}}, 1, paint::grid);
      canvas_.text({x, plot_.bottom() + 18 * scale_}, panel_.x.labels[i], font_, paint::faint,
                   Align::center);
    }
    const double bottom = sharp(plot_.bottom());
    canvas_.line({{plot_.left, bottom}, {plot_.right(), bottom}}, 1, paint::frame);
    if (!panel_.x_title.empty()) {
      canvas_.text({plot_.left + plot_.width / 2, plot_.bottom() + 38 * scale_}, panel_.x_title,
                   font_, paint::faint, Align::center);
    }
  }

  void draw_band(const Band& band) {
    std::vector<Point> outline;
    for (const Point& point : band.low) outline.push_back(place(point));
    for (auto point = band.high.rbegin(); point != band.high.rend(); ++point) {
      outline.push_back(place(*point));
    }
    if (outline.size() > 2) canvas_.area(outline, band.color);
  }

  void draw_mark(const VerticalLine& mark) {
    const double x = place({mark.x, panel_.y.low}).x;
    canvas_.line({{x, plot_.top}, {x, plot_.bottom()}}, mark.width * scale_, mark.color,
                 mark.dashed);
  }

  void draw_series(const Series& series, std::size_t index) {
    std::vector<Point> places;
    for (const Point& point : series.points) places.push_back(place(point));
    canvas_.line(places, series.width * scale_, series.color, series.dashed);
    for (std::size_t i = 0; i < places.size(); ++i) {
      const bool shown = std::isfinite(places[i].y);
      if (shown && series.dots) canvas_.dot(places[i], (series.width + 1.5) * scale_, series.color);
      // A value that is no number is part of the story: a cross at the foot of the chart, each
      // series in a row of its own.
      if (!shown && std::isfinite(places[i].x) && !series.name.empty()) {
        canvas_.cross(
            {places[i].x, plot_.bottom() - (7 + 11 * static_cast<double>(index)) * scale_},
            4 * scale_, 2 * scale_, series.color);
      }
    }
  }

  void draw_callout() {
    if (!panel_.callout) return;
    const Callout& callout = *panel_.callout;
    const Point at = place(callout.at);
    canvas_.dot(at, 6 * scale_, paint::paper);
    canvas_.ring(at, 5 * scale_, 2.5 * scale_, callout.color);
    const Font font{14 * scale_, true};
    const double width = canvas_.text_width(callout.text, font);
    const double height = 22 * scale_;
    // The best lies above all else, so there is room above it, but at the top of the chart.
    const bool below = at.y - 38 * scale_ < plot_.top;
    const double middle = at.y + (below ? 26 : -26) * scale_;
    const double left =
        std::clamp(at.x - width / 2, plot_.left + 4 * scale_,
                   std::max(plot_.left + 4 * scale_, plot_.right() - width - 6 * scale_));
    canvas_.fill({left - 5 * scale_, middle - height / 2, width + 10 * scale_, height},
                 {1, 1, 1, 0.85});
    canvas_.text({left, middle + 5 * scale_}, callout.text, font, paint::ink);
  }

  Canvas& canvas_;
  Box box_;
  const Panel& panel_;
  double scale_;
  Font font_;
  double left_;  // of the plot and of all that stands above it
  Box plot_;
};

}  // namespace

std::string fitting(Canvas& canvas, std::string text, Font font, double room) {
  if (canvas.text_width(text, font) <= room) return text;
  while (!text.empty() && canvas.text_width(text + "…", font) > room) text.pop_back();
  return text + "…";
}

void draw_heading(Canvas& canvas, Box box, const Heading& heading, double scale) {
  const Font bold{19 * scale, true};
  const Font plain{14 * scale};
  const double line = box.top + 20 * scale;
  double room = box.width;
  if (!heading.result.empty()) room -= canvas.text_width(heading.result, plain) + 20 * scale;
  const std::string name = fitting(canvas, heading.name, bold, room);
  canvas.text({box.left, line}, name, bold, paint::ink);
  const double after = canvas.text_width(name, bold) + 10 * scale;
  if (after + canvas.text_width(heading.id, plain) < room) {
    canvas.text({box.left + after, line}, heading.id, plain, paint::faint);
  }
  canvas.text({box.right(), line}, heading.result, plain, paint::ink, Align::right);
}

double label_room(Canvas& canvas, const Panel& panel, double scale) {
  double widest = 24 * scale;
  for (const auto& label : panel.y.labels) {
    widest = std::max(widest, canvas.text_width(label, label_font(scale)));
  }
  return widest + 10 * scale;
}

void draw(Canvas& canvas, Box box, const Panel& panel, double label_room, double scale) {
  Drawing(canvas, box, panel, label_room, scale).draw();
}

}  // namespace r50::report
