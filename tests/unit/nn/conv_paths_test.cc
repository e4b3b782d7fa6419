#include "nn/conv_paths.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <vector>

#include "nn/kernel_choice.h"
#include "support/nn/unit_case.h"

namespace r50::nn::test {
namespace {

at::Tensor some(at::IntArrayRef sizes, at::ScalarType type) {
  return at::randn(sizes, at::TensorOptions(at::kFloat))
      .to(type)
      .contiguous(at::MemoryFormat::ChannelsLast);
}

ConvOptions conv(std::int64_t kernel, std::int64_t stride, std::int64_t in, std::int64_t out) {
  return {.in = in, .out = out, .kernel = kernel, .stride = stride, .padding = kernel / 2};
}

class ConvPaths : public OfKernels {};

// Not against ATen in the same type: its weight gradient of a 3x3 kernel with stride 2 over images
// of one pixel, in bf16, holds memory that was never written (oneDNN's in libtorch 2.13; often
// NaN).
TEST_P(ConvPaths, AllGiveTheSameNumbers) {
  const at::NoGradGuard no_grad;
  const at::ScalarType type = GetParam();
  const double rounding = type == at::kFloat ? 1e-5 : 1e-2;
  const Kernels& kernels = *kernels_for(type);
  int compared = 0;
  for (const ConvOptions& options :
       {conv(1, 1, 64, 32), conv(1, 2, 32, 64), conv(3, 1, 32, 32), conv(3, 2, 64, 32)}) {
    for (const auto& [images, height, width] :
         std::vector<std::tuple<int, int, int>>{{2, 1, 1}, {3, 2, 5}, {1, 7, 4}, {2, 8, 8}}) {
      const at::Tensor x = some({images, options.in, height, width}, type);
      const at::Tensor weight =
          some({options.out, options.in, options.kernel, options.kernel}, type);
      const ConvShape s(options, x);
      const at::Tensor dy = some({images, options.out, s.out_height, s.out_width}, type);
      const at::Tensor exact_x = x.to(at::kDouble), exact_weight = weight.to(at::kDouble);
      const at::Tensor exact_dy = dy.to(at::kDouble);
      const auto same = [&](const at::Tensor& ours, const at::Tensor& exact) {
        EXPECT_TRUE(ours.sizes() == exact.sizes());
        EXPECT_TRUE(ours.is_contiguous(at::MemoryFormat::ChannelsLast));
        EXPECT_LT(relative_error(ours, exact), rounding)
            << "kernel " << s.kernel << "/" << s.stride << " on " << height << "x" << width;
        ++compared;
      };
      for (const ProductPath path : {ProductPath::rows, ProductPath::columns, ProductPath::tiles}) {
        if (possible(s, ProductPass::forward, path)) {
          same(conv_forward(s, path, x, weight),
               conv_forward(s, ProductPath::aten, exact_x, exact_weight));
        }
        if (possible(s, ProductPass::input_gradient, path)) {
          const at::Tensor ours = input_gradient(s, path, kernels, dy, weight, x);
          EXPECT_EQ(ours.storage().use_count(), 1) << "its reader could not overwrite it";
          same(ours,
               input_gradient(s, ProductPath::aten, kernels, exact_dy, exact_weight, exact_x));
        }
        if (possible(s, ProductPass::weight_gradient, path)) {
          const at::Tensor ours = weight_gradient(s, path, dy, x, weight);
          EXPECT_EQ(ours.scalar_type(), at::kFloat);
          same(ours, weight_gradient(s, ProductPath::aten, exact_dy, exact_x, exact_weight));
        }
      }
    }
  }
  EXPECT_GE(compared, 4 * 4 * 3);
}

INSTANTIATE_TEST_SUITE_P(Types, ConvPaths, testing::Values(at::kBFloat16, at::kFloat),
                         [](const auto& type) {
                           return type.param == at::kFloat ? "fp32" : "bf16";
                         });

TEST(ConvTable, TheExperimentsRulesComeFirstAndOnlyWhereTheyArePossible) {
  const auto shape = [](const ConvOptions& options, std::int64_t side) {
    return ConvShape(options,
                     at::empty({2, options.in, side, side}, at::TensorOptions(at::kFloat)));
  };
  const auto rule = [](std::int64_t kernel, std::int64_t in, std::int64_t most, ProductPath path) {
    return PathRule{ProductPass::forward, at::kFloat, kernel, 1, in, 0, 0, most, 0, path};
  };
  const auto path = [](const ConvShape& s) { return conv_path(s, ProductPass::forward); };
  const ConvShape large = shape(conv(1, 1, 64, 32), 30);
  EXPECT_EQ(path(large), ProductPath::aten);
  set_conv_rules({rule(1, 64, 400, ProductPath::aten), rule(1, 64, 10'000, ProductPath::rows),
                  rule(3, 0, 10'000, ProductPath::rows)});
  EXPECT_EQ(path(large), ProductPath::rows);
  EXPECT_EQ(path(shape(conv(1, 1, 64, 32), 20)), ProductPath::aten) << "the first rule counts";
  EXPECT_EQ(path(shape(conv(1, 1, 32, 32), 30)), ProductPath::aten) << "other channels";
  EXPECT_EQ(path(shape(conv(3, 1, 64, 32), 30)), ProductPath::aten) << "rows are for 1x1";
  EXPECT_EQ(conv_path(large, ProductPass::input_gradient), ProductPath::aten) << "another pass";
  PathRule of_threads = rule(1, 64, 10'000, ProductPath::rows);
  for (const bool others : {false, true}) {
    of_threads.threads = at::get_num_threads() + (others ? 1 : 0);
    set_conv_rules({of_threads});
    EXPECT_EQ(path(large), others ? ProductPath::aten : ProductPath::rows);
  }
  set_conv_rules({});
  EXPECT_EQ(path(large), ProductPath::aten);
}

}  // namespace
}  // namespace r50::nn::test
