// Which way each product of a convolution goes: the first rule that matches, of the experiment's
// and then of the built-in table; without one, ATen's path.

#include <ATen/Parallel.h>

#include <limits>
#include <utility>

#include "nn/conv_paths.h"
#include "nn/kernel_choice.h"
#include "nn/weight_gradient.h"

namespace r50::nn {
namespace {

std::vector<PathRule>& own_rules() {
  static std::vector<PathRule> rules;
  return rules;
}

constexpr auto forward = ProductPass::forward;
constexpr auto of_input = ProductPass::input_gradient;
constexpr auto of_weight = ProductPass::weight_gradient;
constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

PathRule up_to(std::int64_t pixels, ProductPass pass, at::ScalarType type, std::int64_t kernel,
               std::int64_t stride, ProductPath path) {
  return {pass, type, kernel, stride, 0, 0, 0, pixels, 0, path};
}

// bench_conv_paths on Zen 4 (AVX-512 with bf16, no AMX), 2 threads, at 64 and 224 px: where a path
// is clearly faster than ATen's. What ATen loses on small images is the weights' order in memory,
// which it changes at every call; large images amortise it. (In bf16 the weight gradient of a 3x3/2
// kernel over images of one pixel must not be ATen's: in libtorch 2.13 it reads unwritten memory.)
std::vector<PathRule> rules_without_amx() {
  constexpr auto bf16 = at::kBFloat16, fp32 = at::kFloat;
  constexpr auto rows = ProductPath::rows, columns = ProductPath::columns;
  return {
      up_to(16, forward, bf16, 1, 1, rows),     up_to(100, forward, bf16, 1, 2, rows),
      up_to(9, forward, bf16, 3, 1, columns),   up_to(9, forward, bf16, 3, 2, columns),
      up_to(49, of_input, bf16, 1, 1, rows),    up_to(any, of_input, bf16, 1, 2, rows),
      up_to(9, of_input, bf16, 3, 1, columns),  up_to(16, of_input, bf16, 3, 2, columns),
      up_to(196, of_weight, bf16, 1, 1, rows),  up_to(any, of_weight, bf16, 1, 2, rows),
      up_to(9, of_weight, bf16, 3, 1, columns), up_to(100, of_weight, bf16, 3, 2, columns),
      up_to(4, forward, fp32, 1, 1, rows),      up_to(4, forward, fp32, 1, 2, rows),
      up_to(4, of_input, fp32, 1, 2, rows),     up_to(4, of_weight, fp32, 1, 1, rows),
      up_to(16, of_weight, fp32, 1, 2, rows),
  };
}

// From measurements of a prototype on a processor with AMX, 2 threads: products of matrices beat
// ATen's convolutions for 1x1 kernels of all sizes, and gathered neighbours up to 50 to 70 pixels;
// tiles beat the product for weight gradients of images above that.
std::vector<PathRule> rules_with_amx() {
  constexpr auto bf16 = at::kBFloat16, fp32 = at::kFloat;
  constexpr auto rows = ProductPath::rows, columns = ProductPath::columns,
                 tiles = ProductPath::tiles;
  return {
      up_to(any, forward, bf16, 1, 1, rows),     up_to(any, forward, bf16, 1, 2, rows),
      up_to(64, forward, bf16, 3, 1, columns),   up_to(64, forward, bf16, 3, 2, columns),
      up_to(any, of_input, bf16, 1, 1, rows),    up_to(any, of_input, bf16, 1, 2, rows),
      up_to(64, of_input, bf16, 3, 1, columns),  up_to(64, of_input, bf16, 3, 2, columns),
      up_to(49, of_weight, bf16, 1, 1, rows),    up_to(49, of_weight, bf16, 1, 2, rows),
      up_to(any, of_weight, bf16, 1, 1, tiles),  up_to(any, of_weight, bf16, 1, 2, tiles),
      up_to(64, of_weight, bf16, 3, 1, columns), up_to(64, of_weight, bf16, 3, 2, columns),
      up_to(4, of_weight, fp32, 1, 1, rows),     up_to(4, of_weight, fp32, 1, 2, rows),
  };
}

const std::vector<PathRule>& built_in_rules() {
  static const std::vector<PathRule> rules =
      has_weight_gradient_kernel() ? rules_with_amx() : rules_without_amx();
  return rules;
}

bool matches(const PathRule& rule, const ConvShape& shape, ProductPass pass) {
  return rule.pass == pass && rule.type == shape.type && rule.kernel == shape.kernel &&
         rule.stride == shape.stride && (rule.in == 0 || rule.in == shape.in) &&
         (rule.out == 0 || rule.out == shape.out) && shape.out_pixels() >= rule.least_pixels &&
         shape.out_pixels() <= rule.most_pixels &&
         (rule.threads == 0 || rule.threads == at::get_num_threads()) &&
         possible(shape, pass, rule.path);
}

const PathRule* find_conv_rule(const ConvShape& shape, ProductPass pass) {
  for (const std::vector<PathRule>* rules : {&std::as_const(own_rules()), &built_in_rules()}) {
    for (const PathRule& rule : *rules) {
      if (matches(rule, shape, pass)) return &rule;
    }
  }
  return nullptr;
}

}  // namespace

ConvShape::ConvShape(const ConvOptions& options, const at::Tensor& x)
    : images(x.size(0)),
      in(options.in),
      out(options.out),
      kernel(options.kernel),
      stride(options.stride),
      padding(options.padding),
      height(x.size(2)),
      width(x.size(3)),
      out_height((height + 2 * padding - kernel) / stride + 1),
      out_width((width + 2 * padding - kernel) / stride + 1),
      type(x.scalar_type()) {}

bool possible(const ConvShape& s, ProductPass pass, ProductPath path) {
  const bool rows = s.kernel == 1 && s.padding == 0;
  const bool columns = s.kernel == 3 && s.padding == 1;
  const bool wide = s.in % channel_multiple == 0 && s.out % channel_multiple == 0;
  switch (path) {
    case ProductPath::aten:
      // libtorch 2.13 reads memory that was never written there (oneDNN's kernel; often NaN).
      return !(columns && wide && s.stride == 2 && (s.out_pixels() == 1 || s.width < s.stride) &&
               s.type == at::kBFloat16 && pass == ProductPass::weight_gradient &&
               kernels_for(s.type));
    case ProductPath::rows:
      return rows && wide;
    case ProductPath::columns:
      return columns && wide && kernels_for(s.type);
    case ProductPath::tiles:
      return (rows || columns) && wide && pass == ProductPass::weight_gradient &&
             s.type == at::kBFloat16 && has_weight_gradient_kernel();
  }
  return false;
}

void set_conv_rules(std::vector<PathRule> rules) { own_rules() = std::move(rules); }

ProductPath conv_path(const ConvShape& s, ProductPass pass) {
  if (const PathRule* const rule = find_conv_rule(s, pass)) return rule->path;
  return possible(s, pass, ProductPath::aten) ? ProductPath::aten : ProductPath::columns;
}

}  // namespace r50::nn
