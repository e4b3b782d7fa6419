#include "support/nn/unit_case.h"

#include <ATen/autocast_mode.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>

#include <array>
#include <cmath>
#include <optional>

#include "nn/kernel_choice.h"

namespace r50::nn::test {
namespace {

namespace autocast = at::autocast;
constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

struct Inputs {
  at::Tensor x, weight, gain, bias, residual, gradient, other;
};

at::Tensor normal(at::IntArrayRef sizes) { return at::randn(sizes, at::TensorOptions(at::kFloat)); }

// All values are ones that `type` can hold, so that the ways start from the same numbers.
Inputs inputs_of(const UnitCase& one, at::ScalarType type, std::uint64_t seed) {
  at::manual_seed(seed);
  const ConvOptions& conv = one.options.conv;
  const auto held = [&](const at::Tensor& tensor) {
    return tensor.to(type).to(at::kFloat).contiguous(channels_last);
  };
  Inputs in;
  in.x = held(normal({one.images, conv.in, one.size, one.size}));
  const double fan_in = static_cast<double>(conv.in * conv.kernel * conv.kernel);
  in.weight =
      normal({conv.out, conv.in / conv.groups, conv.kernel, conv.kernel}).div(std::sqrt(fan_in));
  if (one.offset != 0) {
    in.x.add_(1);
    in.weight.add_(one.offset / fan_in);
    in.x = held(in.x);
  }
  in.weight = held(in.weight);
  in.gain = normal({conv.out}).abs().add(0.5);
  in.bias = normal({conv.out}).mul(0.3);
  const std::int64_t side = (one.size + 2 * conv.padding - conv.kernel) / conv.stride + 1;
  const std::int64_t end = one.options.pool ? (side - 1) / 2 + 1 : side;
  if (one.residual) in.residual = held(normal({one.images, conv.out, side, side}));
  in.gradient = held(normal({one.images, conv.out, end, end}));
  in.other = held(normal({one.images, conv.out, end, end}));
  return in;
}

at::Tensor exact_forward(const UnitCase& one, const Inputs& in, const at::Tensor& mean,
                         const at::Tensor& variance, bool training) {
  const ConvOptions& conv = one.options.conv;
  const std::array stride{conv.stride, conv.stride}, padding{conv.padding, conv.padding};
  const std::array<std::int64_t, 2> none{1, 1}, three{3, 3}, two{2, 2};
  at::Tensor y = at::conv2d(in.x, in.weight, {}, stride, padding, none, conv.groups);
  y = at::batch_norm(y, in.gain, in.bias, mean, variance, training, 0.1, 1e-5, false);
  if (in.residual.defined()) y = y.add(in.residual);
  if (one.options.act == Act::relu) y = y.relu();
  return one.options.pool ? at::max_pool2d(y, three, two, none) : y;
}

at::Tensor leaf(const at::Tensor& tensor, at::ScalarType type) {
  if (!tensor.defined()) return tensor;
  return tensor.to(type, /*non_blocking=*/false, /*copy=*/true).set_requires_grad(true);
}

Results exact(const UnitCase& one, const Inputs& in) {
  const Inputs d{leaf(in.x, at::kDouble),        leaf(in.weight, at::kDouble),
                 leaf(in.gain, at::kDouble),     leaf(in.bias, at::kDouble),
                 leaf(in.residual, at::kDouble), in.gradient.to(at::kDouble),
                 in.other.to(at::kDouble)};
  at::Tensor mean = at::zeros({one.options.conv.out}, at::kDouble);
  at::Tensor variance = at::ones({one.options.conv.out}, at::kDouble);
  const at::Tensor z = exact_forward(one, d, mean, variance, true);
  z.backward(one.forked ? d.gradient.add(d.other) : d.gradient);
  Results results{{"z", z.detach()},       {"x", d.x.grad()},       {"weight", d.weight.grad()},
                  {"gain", d.gain.grad()}, {"bias", d.bias.grad()}, {"mean", mean},
                  {"variance", variance}};
  if (one.residual) results["residual"] = d.residual.grad();
  return results;
}

void fill(const ModelTensors& tensors, const Inputs& in) {
  const at::NoGradGuard no_grad;
  tensors.parameters[0].tensor.copy_(in.weight);
  tensors.parameters[1].tensor.copy_(in.gain);
  tensors.parameters[2].tensor.copy_(in.bias);
}

class Autocast {
 public:
  explicit Autocast(at::ScalarType type) {
    autocast::set_autocast_enabled(at::kCPU, type != at::kFloat);
    if (type != at::kFloat) autocast::set_autocast_dtype(at::kCPU, type);
  }
  ~Autocast() {
    autocast::clear_cache();
    autocast::set_autocast_enabled(at::kCPU, false);
  }
};

}  // namespace

std::string UnitCase::name() const {
  const ConvOptions& c = options.conv;
  std::string text = std::to_string(c.in) + " to " + std::to_string(c.out) + ", kernel " +
                     std::to_string(c.kernel) + "/" + std::to_string(c.stride) + ", " +
                     std::to_string(images) + " of " + std::to_string(size) + " px";
  if (residual) text += ", residual";
  if (options.act == Act::none) text += ", no relu";
  if (options.pool) text += ", pool";
  if (forked) text += ", forked";
  if (offset != 0) text += ", far from zero";
  return text;
}

std::string UnitCase::kind() const {
  if (images != UnitCase().images) return "an odd shape";
  UnitCase without_sizes = *this;
  without_sizes.options.conv.in = without_sizes.options.conv.out = without_sizes.size = 0;
  return without_sizes.name();
}

Results send(const UnitCase& one, Way way, at::ScalarType type, std::uint64_t seed) {
  const Inputs in = inputs_of(one, type, seed);
  if (way == Way::fp64) return exact(one, in);
  ModelTensors tensors;
  ConvNorm unit("conv", "norm", one.options, tensors);
  fill(tensors, in);
  const auto parameter = [&](std::size_t i) { return tensors.parameters[i].tensor; };
  const at::Tensor x = leaf(in.x, type), residual = leaf(in.residual, type);
  allow_fast_step(way == Way::kernels);
  Fork out;
  {
    const Autocast scope(type);
    out = one.forked ? unit.fork(x, residual) : Fork{unit.forward(x, residual), {}};
  }
  allow_fast_step(true);
  const auto gradient = [&](const at::Tensor& full) { return full.to(out.main.scalar_type()); };
  if (one.forked) {
    torch::autograd::backward({out.main, out.shortcut},
                              {gradient(in.gradient), gradient(in.other)});
  } else {
    out.main.backward(gradient(in.gradient));
  }
  Results results{{"z", out.main.detach()},
                  {"x", x.grad()},
                  {"weight", parameter(0).grad()},
                  {"gain", parameter(1).grad()},
                  {"bias", parameter(2).grad()},
                  {"mean", tensors.buffers[0].tensor},
                  {"variance", tensors.buffers[1].tensor}};
  if (one.residual) results["residual"] = residual.grad();
  return results;
}

at::Tensor evaluated(const UnitCase& one, Way way, at::ScalarType type, std::uint64_t seed) {
  const at::NoGradGuard no_grad;
  Inputs in = inputs_of(one, type, seed);
  in.weight.mul_(normal(in.weight.sizes()).mul_(0.01).add_(1));  // a master, rounded by each way
  const at::Tensor mean = normal({one.options.conv.out}).mul(0.3).add(one.offset);
  const at::Tensor variance = normal({one.options.conv.out}).square().add(0.2);
  if (way == Way::fp64) {
    const Inputs d{in.x.to(at::kDouble),
                   in.weight.to(at::kDouble),
                   in.gain.to(at::kDouble),
                   in.bias.to(at::kDouble),
                   one.residual ? in.residual.to(at::kDouble) : in.residual,
                   {},
                   {}};
    return exact_forward(one, d, mean.to(at::kDouble), variance.to(at::kDouble), false);
  }
  ModelTensors tensors;
  ConvNorm unit("conv", "norm", one.options, tensors);
  fill(tensors, in);
  tensors.buffers[0].tensor.copy_(mean);
  tensors.buffers[1].tensor.copy_(variance);
  unit.set_training(false);
  allow_fast_step(way != Way::aten);
  std::optional<WeightsHeld> held;
  if (way == Way::folded) held.emplace();
  const Autocast scope(type);
  const auto typed = [&](const at::Tensor& tensor) {
    return tensor.defined() ? tensor.to(type) : tensor;
  };
  at::Tensor z = unit.forward(typed(in.x), typed(in.residual));
  // A second pass finds what the first one kept.
  if (held) z = unit.forward(typed(in.x), typed(in.residual));
  allow_fast_step(true);
  return z;
}

double relative_error(const at::Tensor& a, const at::Tensor& b) {
  const at::Tensor exact = b.to(at::kDouble);
  return a.to(at::kDouble).sub(exact).norm().item<double>() / exact.norm().item<double>();
}

}  // namespace r50::nn::test
