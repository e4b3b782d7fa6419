#include "scene.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace shapes {
namespace {

using Color = std::array<double, 3>;
constexpr double pi = 3.14159265358979323846;

Color any_color(r50::Random& random) {
  return {random.uniform(), random.uniform(), random.uniform()};
}

Color mix(const Color& a, const Color& b, double part) {
  return {a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part};
}

double distance2(const Color& a, const Color& b) {
  const double r = a[0] - b[0], g = a[1] - b[1], blue = a[2] - b[2];
  return r * r + g * g + blue * blue;
}

// A colour that a person can tell from the ground. Which of the two is brighter stays open.
Color contrasting(const Color& ground, r50::Random& random) {
  Color best = any_color(random);
  for (int tries = 0; tries < 8 && distance2(best, ground) < 0.25; ++tries) {
    const Color other = any_color(random);
    if (distance2(other, ground) > distance2(best, ground)) best = other;
  }
  return best;
}

// A surface: two colours flowing into each other, and stripes over them.
struct Surface {
  Surface(const Color& one, const Color& other, double stripe_strength, r50::Random& random)
      : from(one), to(other) {
    const double angle = random.uniform(0, 2 * pi);
    across = {r50::exact::cos(angle), r50::exact::sin(angle)};
    const double stripe_angle = random.uniform(0, 2 * pi);
    const double waves = random.uniform(2, 9);
    wave = {waves * r50::exact::cos(stripe_angle), waves * r50::exact::sin(stripe_angle)};
    phase = random.uniform();
    strength = stripe_strength * random.uniform();
  }

  // (x, y) in -0.5..0.5
  Color at(double x, double y) const {
    const double part = std::clamp(0.5 + 0.7 * (across.x * x + across.y * y), 0.0, 1.0);
    Color color = mix(from, to, part);
    // A triangle wave: as good as a sine here, and cheap.
    const double at = wave.x * x + wave.y * y + phase + 64;
    const double ramp = at - static_cast<double>(static_cast<int>(at));
    const double stripe = strength * (4 * (ramp < 0.5 ? ramp : 1 - ramp) - 1);
    for (double& channel : color) channel += stripe;
    return color;
  }

  Color from, to;
  Point across, wave;
  double phase, strength;
};

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::clamp(value, 0.0, 1.0) * 255 + 0.5);
}

}  // namespace

void Scene::draw(const Outline& outline, int size, r50::Random& random,
                 std::span<std::uint8_t> pixels) {
  const double radius = random.uniform(0.24, 0.42);
  const double room = 0.5 - 0.9 * radius;  // a corner may leave the picture, no more
  const Point center{0.5 + random.uniform(-room, room), 0.5 + random.uniform(-room, room)};
  const double turn = random.uniform(-0.09, 0.09) * 2 * pi;
  const double cosine = r50::exact::cos(turn), sine = r50::exact::sin(turn);

  coverage_.clear(size, size);
  for (const Contour& contour : outline) {
    placed_.clear();
    for (const Point& p : contour) {
      placed_.push_back({size * (center.x + radius * (p.x * cosine - p.y * sine)),
                         size * (center.y + radius * (p.x * sine + p.y * cosine))});
    }
    coverage_.add(placed_);
  }

  const Color ground = any_color(random);
  const Color figure = contrasting(ground, random);
  const Surface back(ground, mix(ground, any_color(random), 0.4), 0.12, random);
  const Surface front(figure, mix(figure, any_color(random), 0.25), 0.08, random);
  const double grain = random.uniform(0, 0.12) / 255;

  std::uint8_t* out = pixels.data();
  for (int y = 0; y < size; ++y) {
    coverage_.row(y, inside_);
    const double v = (y + 0.5) / size - 0.5;
    for (int x = 0; x < size; ++x) {
      const double u = (x + 0.5) / size - 0.5;
      const double inside = inside_[static_cast<std::size_t>(x)];
      Color color = inside < 1 ? back.at(u, v) : front.at(u, v);
      if (inside > 0 && inside < 1) color = mix(color, front.at(u, v), inside);
      const std::uint32_t noise = random.bits();  // a byte a channel is plenty for grain
      for (int c = 0; c < 3; ++c) {
        const double grains = static_cast<double>((noise >> (8 * c)) & 255) - 127.5;
        *out++ = to_byte(color[static_cast<std::size_t>(c)] + grain * grains);
      }
    }
  }
}

}  // namespace shapes
