#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coverage.h"
#include "r50/random.h"

namespace shapes {

// Draws one image: copies of one outline, strewn over a background. Everything but the outline
// (colours, place, scale, rotation, background, light, noise) is drawn from `random` without
// looking at the outline, so none of it reveals the class.
class Scene {
 public:
  // `pixels` holds size * size RGB values.
  void draw(const Outline& outline, int size, r50::Random& random, std::span<std::uint8_t> pixels);

 private:
  void strew(const Outline& outline, int size, r50::Random& random);

  Coverage coverage_;
  std::vector<double> inside_;
  Contour placed_;
};

}  // namespace shapes
