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

// Any hue, not too strong, of the given brightness (of the eye: red 30 %, green 60 %, blue 10 %).
Color color_of(double brightness, r50::Random& random) {
  const Color any = any_color(random);
  const double own = 0.3 * any[0] + 0.6 * any[1] + 0.1 * any[2];
  Color color;
  for (std::size_t c = 0; c < 3; ++c) color[c] = brightness + 0.5 * (any[c] - own);
  return color;
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
  // NOLINTNEXTLINE(bugprone-incorrect-roundings): never negative, and once a pixel
  return static_cast<std::uint8_t>(std::clamp(value, 0.0, 1.0) * 255 + 0.5);
}

}  // namespace

// Many small copies and not one large figure: a deep network sees the class a dozen times in each
// picture and learns within a short first run. With one figure a picture, ResNet-50 had learned
// next to nothing after 250 steps of 64 (tried: 25 %).
void Scene::strew(const Outline& outline, int size, r50::Random& random) {
  constexpr int most = 12, tries = 12;
  struct Place {
    Point center;
    double radius;
  };
  std::array<Place, most> places;
  const std::int64_t wanted = 8 + random.below(most - 8 + 1);
  int count = 0;
  for (int attempt = 0; attempt < most * tries && count < wanted; ++attempt) {
    const double radius = random.uniform(0.075, 0.125);
    const Point center{random.uniform(radius, 1 - radius), random.uniform(radius, 1 - radius)};
    const double turn = random.uniform(-0.03, 0.03) * 2 * pi;
    const bool free = std::all_of(places.begin(), places.begin() + count, [&](const Place& other) {
      const double x = center.x - other.center.x, y = center.y - other.center.y;
      const double apart = radius + other.radius;
      return x * x + y * y > apart * apart;
    });
    if (!free) continue;
    places[static_cast<std::size_t>(count++)] = {center, radius};
    const double cosine = r50::exact::cos(turn), sine = r50::exact::sin(turn);
    for (const Contour& contour : outline) {
      placed_.clear();
      for (const Point& p : contour) {
        placed_.push_back({size * (center.x + radius * (p.x * cosine - p.y * sine)),
                           size * (center.y + radius * (p.x * sine + p.y * cosine))});
      }
      coverage_.add(placed_);
    }
  }
}

void Scene::draw(const Outline& outline, int size, r50::Random& random,
                 std::span<std::uint8_t> pixels) {
  coverage_.clear(size, size);
  strew(outline, size, random);

  // The figure is always the brighter one. Were it as often the darker one, a deep network would
  // need more than a short first run to see anything at all (tried: no progress in 100 steps).
  constexpr double contrast = 0.45;
  const double ground_light = random.uniform(0, 1 - contrast);
  const Color ground = color_of(ground_light, random);
  const Color figure = color_of(random.uniform(ground_light + contrast, 1), random);
  const Surface back(ground, mix(ground, any_color(random), 0.2), 0.06, random);
  const Surface front(figure, mix(figure, any_color(random), 0.12), 0.06, random);
  const double grain = random.uniform(0, 0.06) / 255;

  std::uint8_t* out = pixels.data();
  for (int y = 0; y < size; ++y) {
    coverage_.row(y, inside_);
    const double v = (y + 0.5) / size - 0.5;
    for (int x = 0; x < size; ++x) {
      const double u = (x + 0.5) / size - 0.5;
      // Corners of neighbours may touch.
      const double inside = std::min(1.0, inside_[static_cast<std::size_t>(x)]);
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
