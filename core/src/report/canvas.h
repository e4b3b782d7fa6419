#pragma once

// A picture in memory that is drawn on and becomes a PNG. The only user of Cairo.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace r50::report {

struct Color {
  double red = 0, green = 0, blue = 0, alpha = 1;
};

struct Point {
  double x = 0, y = 0;
};

struct Box {
  double left = 0, top = 0, width = 0, height = 0;
  double right() const { return left + width; }
  double bottom() const { return top + height; }
};

enum class Align { left, center, right };

struct Font {
  double size = 12;
  bool bold = false;
};

class Canvas {
 public:
  Canvas(int width, int height, Color background);
  ~Canvas();

  // `at` is the end of the baseline that `align` names.
  void text(Point at, std::string_view text, Font font, Color color, Align align = Align::left);
  double text_width(std::string_view text, Font font);

  // Through all points; one that is not finite ends the piece before it.
  void line(const std::vector<Point>& points, double width, Color color, bool dashed = false);
  void area(const std::vector<Point>& outline, Color color);  // filled; all points finite
  void dot(Point at, double radius, Color color);
  void ring(Point at, double radius, double width, Color color);
  void cross(Point at, double radius, double width, Color color);
  void fill(Box box, Color color);

  void clip(Box box);
  void unclip();

  std::string png();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace r50::report
