#include "nn/conv_table.h"

#include <ATen/Parallel.h>

#include <limits>
#include <utility>

#include "nn/weight_gradient.h"

namespace r50::nn {
namespace {

std::vector<ConvRule>& own_rules() {
  static std::vector<ConvRule> rules;
  return rules;
}

constexpr auto forward = ConvPass::forward;
constexpr auto of_input = ConvPass::input_gradient;
constexpr auto of_weight = ConvPass::weight_gradient;
constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

ConvRule up_to(std::int64_t pixels, ConvPass pass, at::ScalarType type, std::int64_t kernel,
               std::int64_t stride, ConvPath path) {
  return {pass, type, kernel, stride, 0, 0, 0, pixels, 0, path};
}

// bench_conv_paths on Zen 4 (AVX-512 with bf16, no AMX), 2 threads, at 64 and 224 px: where a path
// is clearly faster than ATen's. What ATen loses on small images is the weights' order in memory,
// which it changes at every call; large images amortise it. (In bf16 the weight gradient of a 3x3/2
// kernel over images of one pixel must not be ATen's: in libtorch 2.13 it reads unwritten memory.)
std::vector<ConvRule> rules_without_amx() {
  constexpr auto bf16 = at::kBFloat16, fp32 = at::kFloat;
  constexpr auto rows = ConvPath::rows, columns = ConvPath::columns;
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
std::vector<ConvRule> rules_with_amx() {
  constexpr auto bf16 = at::kBFloat16, fp32 = at::kFloat;
  constexpr auto rows = ConvPath::rows, columns = ConvPath::columns, tiles = ConvPath::tiles;
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

const std::vector<ConvRule>& built_in_rules() {
  static const std::vector<ConvRule> rules =
      has_weight_gradient_kernel() ? rules_with_amx() : rules_without_amx();
  return rules;
}

bool matches(const ConvRule& rule, const ConvShape& shape, ConvPass pass) {
  return rule.pass == pass && rule.type == shape.type && rule.kernel == shape.kernel &&
         rule.stride == shape.stride && (rule.in == 0 || rule.in == shape.in) &&
         (rule.out == 0 || rule.out == shape.out) && shape.out_pixels() >= rule.least_pixels &&
         shape.out_pixels() <= rule.most_pixels &&
         (rule.threads == 0 || rule.threads == at::get_num_threads()) &&
         possible(shape, pass, rule.path);
}

}  // namespace

void set_conv_rules(std::vector<ConvRule> rules) { own_rules() = std::move(rules); }

const ConvRule* find_conv_rule(const ConvShape& shape, ConvPass pass) {
  for (const std::vector<ConvRule>* rules : {&std::as_const(own_rules()), &built_in_rules()}) {
    for (const ConvRule& rule : *rules) {
      if (matches(rule, shape, pass)) return &rule;
    }
  }
  return nullptr;
}

}  // namespace r50::nn
