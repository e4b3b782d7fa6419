#include "support/nn/unit_case.h"
#include "support/sample.h"

namespace r50::nn::test {
namespace {

UnitCase plain(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
               std::int64_t size) {
  UnitCase one;
  one.options.conv = {
      .in = in, .out = out, .kernel = kernel, .stride = stride, .padding = kernel / 2};
  one.size = size;
  return one;
}

UnitCase with_residual(UnitCase one) {
  one.residual = true;
  one.forked = true;
  return one;
}

UnitCase downsampling(std::int64_t in, std::int64_t out, std::int64_t size) {
  UnitCase one = plain(in, out, 1, 2, size);
  one.options.act = Act::none;
  return one;
}

UnitCase stem(std::int64_t size) {
  UnitCase one = plain(3, 64, 7, 2, size);
  one.options.pool = true;
  one.forked = true;
  return one;
}

UnitCase of_images(std::int64_t images, UnitCase one) {
  one.images = images;
  return one;
}

UnitCase far_from_zero(UnitCase one) {
  one.offset = 8;
  return one;
}

}  // namespace

std::vector<UnitCase> all_cases() {
  std::vector<UnitCase> cases = {stem(64), stem(37), plain(3, 64, 3, 1, 16)};
  const std::vector<std::int64_t> sides = {16, 16, 8, 4};
  std::int64_t before = 64;
  for (std::size_t stage = 0; stage < sides.size(); ++stage) {
    const std::int64_t width = std::int64_t{64} << stage, wide = 4 * width, side = sides[stage];
    const std::int64_t stride = stage == 0 ? 1 : 2, from = side * stride;
    cases.push_back(plain(before, width, 1, 1, from));
    cases.push_back(plain(width, width, 3, stride, from));
    cases.push_back(plain(width, width, 3, 1, side));
    cases.push_back(with_residual(plain(width, wide, 1, 1, side)));
    cases.push_back(plain(wide, width, 1, 1, side));
    if (stage > 0) {
      cases.push_back(downsampling(before, wide, from));
      cases.push_back(plain(width / 2, width, 3, 2, from));  // ResNet-18's
      cases.push_back(downsampling(width / 2, width, from));
    }
    cases.push_back(with_residual(plain(width, width, 3, 1, side)));
    before = wide;
  }
  cases.push_back(of_images(7, plain(32, 32, 1, 1, 1)));
  cases.push_back(of_images(5, with_residual(plain(64, 32, 3, 1, 1))));
  cases.push_back(of_images(1, plain(64, 96, 3, 2, 9)));
  cases.push_back(of_images(1, with_residual(plain(96, 160, 3, 1, 5))));
  cases.push_back(of_images(3, downsampling(32, 2048, 7)));
  cases.push_back(far_from_zero(plain(64, 64, 3, 1, 14)));
  cases.push_back(far_from_zero(with_residual(plain(64, 256, 1, 1, 14))));
  cases.push_back(far_from_zero(stem(40)));
  return cases;
}

std::vector<UnitCase> sample_of_cases() {
  return r50::test::sample(all_cases(), 11, [](const UnitCase& one) { return one.kind(); });
}

}  // namespace r50::nn::test
