// The time of each convolution of ResNet-50 by each path: what the committed table is made from.
//
//   bench_conv_paths SIZE BATCH bf16|fp32

#include <ATen/Parallel.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <tuple>

#include "machine/kept_memory.h"
#include "nn/conv_paths.h"

namespace {

using namespace r50;

struct Convolution {
  ConvOptions options;
  std::int64_t side;
  int count;
};

std::vector<Convolution> resnet50(std::int64_t size) {
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>, int>
      counts;
  const auto add = [&](std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
                       std::int64_t side) {
    ++counts[{side, kernel, stride, in, out}];
  };
  std::int64_t in = 64, side = size / 4;
  const int blocks[] = {3, 4, 6, 3};
  for (int stage = 0; stage < 4; ++stage) {
    const std::int64_t width = std::int64_t{64} << stage, wide = 4 * width;
    for (int i = 0; i < blocks[stage]; ++i) {
      const std::int64_t stride = stage > 0 && i == 0 ? 2 : 1;
      add(in, width, 1, 1, side);
      add(width, width, 3, stride, side);
      if (i == 0) add(in, wide, 1, stride, side);
      side /= stride;
      add(width, wide, 1, 1, side);
      in = wide;
    }
  }
  std::vector<Convolution> layers = {
      {{.in = 3, .out = 64, .kernel = 7, .stride = 2, .padding = 3}, size, 1}};
  for (const auto& [key, count] : counts) {
    const auto [at, kernel, stride, from, to] = key;
    layers.push_back(
        {{.in = from, .out = to, .kernel = kernel, .stride = stride, .padding = kernel / 2},
         at,
         count});
  }
  return layers;
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) {
    std::fprintf(stderr, "bench_conv_paths SIZE BATCH bf16|fp32\n");
    return 2;
  }
  const std::int64_t size = std::atoll(words[1]), batch = std::atoll(words[2]);
  const at::ScalarType type = std::string(words[3]) == "bf16" ? at::kBFloat16 : at::kFloat;
  at::set_num_threads(2);
  machine::keep_tensor_memory(std::uint64_t{8} << 30);
  const char* const passes[] = {"forward", "input", "weight"};
  const char* const paths[] = {"aten", "rows", "columns", "tiles"};
  double aten = 0, best = 0;
  for (const Convolution& layer : resnet50(size)) {
    const at::Tensor x = at::empty({batch, layer.options.in, layer.side, layer.side}, type);
    const nn::ConvShape shape(layer.options, x);
    std::printf("%4lld px %dx %dx%d/%d %4d->%4d:", static_cast<long long>(layer.side), layer.count,
                static_cast<int>(shape.kernel), static_cast<int>(shape.kernel),
                static_cast<int>(shape.stride), static_cast<int>(shape.in),
                static_cast<int>(shape.out));
    const auto times = nn::time_paths(shape, 5);
    for (int pass = 0; pass < 3; ++pass) {
      if (shape.in == 3 && pass == 1) continue;
      double least = 1e300;
      std::printf("  %s", passes[pass]);
      for (const nn::PathTime& time : times) {
        if (static_cast<int>(time.pass) != pass) continue;
        std::printf(" %s %.2f", paths[static_cast<int>(time.path)], 1000 * time.seconds);
        if (time.path == nn::ProductPath::aten) aten += layer.count * time.seconds;
        least = std::min(least, time.seconds);
      }
      best += layer.count * least;
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  std::printf("all convolutions, ms: libtorch's %.0f, the best path of each %.0f\n", 1000 * aten,
              1000 * best);
  return 0;
}
