#include "report/canvas.h"

#include <absl/strings/str_format.h>
#include <cairo.h>

#include <cmath>
#include <numbers>

#include "r50/error.h"

namespace r50::report {
namespace {

// Cairo draws nothing ever after once it has seen bytes that are no UTF-8, and a folder's name may
// hold any bytes.
std::string clean(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80                    ? 1
                               : first >= 0xC2 && first < 0xE0 ? 2
                               : first >= 0xE0 && first < 0xF0 ? 3
                               : first >= 0xF0 && first < 0xF5 ? 4
                                                               : 0;
    bool good = length > 0 && i + length <= text.size() && first >= 0x20;
    for (std::size_t k = 1; good && k < length; ++k) {
      good = (static_cast<unsigned char>(text[i + k]) & 0xC0) == 0x80;
    }
    out += good ? std::string(text.substr(i, length)) : "?";
    i += good ? length : 1;
  }
  return out;
}

cairo_status_t append(void* closure, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

struct Canvas::Impl {
  cairo_surface_t* surface;
  cairo_t* cairo;

  Impl(int width, int height)
      : surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)),
        cairo(cairo_create(surface)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
  }

  void use(Color color) {
    cairo_set_source_rgba(cairo, color.red, color.green, color.blue, color.alpha);
  }
  void use(Font font) {
    cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           font.bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, font.size);
  }
  void circle(Point at, double radius) {
    cairo_new_sub_path(cairo);
    cairo_arc(cairo, at.x, at.y, radius, 0, 2 * std::numbers::pi);
  }
};

Canvas::Canvas(int width, int height, Color background)
    : impl_(std::make_unique<Impl>(width, height)) {
  impl_->use(background);
  cairo_paint(impl_->cairo);
  cairo_set_line_join(impl_->cairo, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(impl_->cairo, CAIRO_LINE_CAP_ROUND);
}

Canvas::~Canvas() = default;

double Canvas::text_width(std::string_view text, Font font) {
  impl_->use(font);
  cairo_text_extents_t extents;
  cairo_text_extents(impl_->cairo, clean(text).c_str(), &extents);
  return extents.x_advance;
}

void Canvas::text(Point at, std::string_view text, Font font, Color color, Align align) {
  if (align != Align::left) {
    at.x -= text_width(text, font) * (align == Align::center ? 0.5 : 1.0);
  }
  impl_->use(font);
  impl_->use(color);
  cairo_move_to(impl_->cairo, std::round(at.x), std::round(at.y));
  cairo_show_text(impl_->cairo, clean(text).c_str());
}

void Canvas::line(const std::vector<Point>& points, double width, Color color, bool dashed) {
  impl_->use(color);
  cairo_set_line_width(impl_->cairo, width);
  const double dashes[] = {4 * width, 3 * width};
  cairo_set_dash(impl_->cairo, dashes, dashed ? 2 : 0, 0);
  bool pen_down = false;
  for (const Point& point : points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
      pen_down = false;
    } else if (pen_down) {
      cairo_line_to(impl_->cairo, point.x, point.y);
    } else {
      cairo_move_to(impl_->cairo, point.x, point.y);
      pen_down = true;
    }
  }
  cairo_stroke(impl_->cairo);
  cairo_set_dash(impl_->cairo, dashes, 0, 0);
}

void Canvas::area(const std::vector<Point>& outline, Color color) {
  impl_->use(color);
  cairo_new_path(impl_->cairo);
  for (const Point& point : outline) cairo_line_to(impl_->cairo, point.x, point.y);
  cairo_close_path(impl_->cairo);
  cairo_fill(impl_->cairo);
}

void Canvas::dot(Point at, double radius, Color color) {
  impl_->use(color);
  impl_->circle(at, radius);
  cairo_fill(impl_->cairo);
}

void Canvas::ring(Point at, double radius, double width, Color color) {
  impl_->use(color);
  cairo_set_line_width(impl_->cairo, width);
  impl_->circle(at, radius);
  cairo_stroke(impl_->cairo);
}

void Canvas::cross(Point at, double radius, double width, Color color) {
  line({{at.x - radius, at.y - radius}, {at.x + radius, at.y + radius}}, width, color);
  line({{at.x - radius, at.y + radius}, {at.x + radius, at.y - radius}}, width, color);
}

void Canvas::fill(Box box, Color color) {
  impl_->use(color);
  cairo_rectangle(impl_->cairo, box.left, box.top, box.width, box.height);
  cairo_fill(impl_->cairo);
}

void Canvas::clip(Box box) {
  cairo_save(impl_->cairo);
  cairo_rectangle(impl_->cairo, box.left, box.top, box.width, box.height);
  cairo_clip(impl_->cairo);
}

void Canvas::unclip() { cairo_restore(impl_->cairo); }

std::string Canvas::png() {
  cairo_surface_flush(impl_->surface);
  std::string bytes;
  const cairo_status_t drawn = cairo_status(impl_->cairo);
  const cairo_status_t status = drawn != CAIRO_STATUS_SUCCESS ? drawn
                                                              : cairo_surface_write_to_png_stream(
                                                                    impl_->surface, append, &bytes);
  if (status != CAIRO_STATUS_SUCCESS) {
    throw Error(
        absl::StrFormat("The chart could not be drawn: %s.", cairo_status_to_string(status)));
  }
  return bytes;
}

}  // namespace r50::report
