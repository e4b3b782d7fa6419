// A unit in training: one node of the graph, with its own backward pass.

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>
#include <optional>

#include "nn/conv_paths.h"
#include "nn/held.h"
#include "nn/passes.h"
#include "nn/unit.h"
#include "r50/error.h"

namespace r50::nn {
namespace {

namespace autograd = torch::autograd;

// What the forward pass leaves for the backward pass, a number a channel.
enum class Kept { mean, inverse, scale, shift, count };
using KeptRows = ChannelRows<Kept>;

// The norm of this batch as a scale and a shift; moves the running statistics.
KeptRows norm_of_batch(const Moments& moments, const UnitTensors& tensors, std::int64_t count) {
  const auto channels = static_cast<std::int64_t>(moments.mean.size());
  KeptRows kept(channels);
  const float* const gain = tensors.gain.const_data_ptr<float>();
  const float* const bias = tensors.bias.const_data_ptr<float>();
  auto* const running_mean = tensors.running_mean.mutable_data_ptr<float>();
  auto* const running_var = tensors.running_var.mutable_data_ptr<float>();
  const double unbiased = static_cast<double>(count) / static_cast<double>(count - 1);
  const auto moved = [&](float old, double now) {
    return static_cast<float>(norm_options.momentum * now + (1 - norm_options.momentum) * old);
  };
  for (std::int64_t c = 0; c < channels; ++c) {
    const auto i = static_cast<std::size_t>(c);
    const double mean = moments.mean[i], variance = moments.variance[i];
    const double inverse = 1 / std::sqrt(variance + norm_options.epsilon);
    kept[Kept::mean][c] = static_cast<float>(mean);
    kept[Kept::inverse][c] = static_cast<float>(inverse);
    kept[Kept::scale][c] = static_cast<float>(gain[c] * inverse);
    kept[Kept::shift][c] = static_cast<float>(bias[c] - mean * (gain[c] * inverse));
    if (statistics_held()) continue;
    running_mean[c] = moved(running_mean[c], mean);
    running_var[c] = moved(running_var[c], variance * unbiased);
  }
  return kept;
}

// Nobody else can see what is written over it: this is the only reference to the tensor, and the
// tensor is the only one to the memory.
bool owned(const at::Tensor& gradient) {
  return gradient.use_count() == 1 && gradient.storage().use_count() == 1;
}

const void* pointer(const at::Tensor& tensor) {
  return tensor.defined() ? tensor.const_data_ptr() : nullptr;
}

// What the backward pass must know beside tensors.
struct Plan final : torch::CustomClassHolder {
  Plan(const Kernels& the_kernels, const ConvNormOptions& the_options, bool residual,
       Wanted gradients)
      : kernels(the_kernels), options(the_options), has_residual(residual), wanted(gradients) {}

  const Kernels& kernels;
  ConvNormOptions options;
  bool has_residual;
  Wanted wanted;
};

struct Saved {
  at::Tensor x, weight, y, kept, gain, mark;

  explicit Saved(const autograd::variable_list& list)
      : x(list[0]), weight(list[1]), y(list[2]), kept(list[3]), gain(list[4]), mark(list[5]) {}
};

// dL/d(gain), dL/d(bias), and with them dy as a function of g and y.
struct NormGradient {
  enum class Row { gain, bias, by_y, constant, count };
  ChannelRows<Row> rows;

  NormGradient(const std::vector<double>& sums, const KeptRows& kept, std::int64_t count)
      : rows(static_cast<std::int64_t>(sums.size() / 2)) {
    const auto channels = static_cast<std::int64_t>(sums.size() / 2);
    for (std::int64_t c = 0; c < channels; ++c) {
      const double inverse = kept[Kept::inverse][c], scale = kept[Kept::scale][c];
      const double of_g = sums[static_cast<std::size_t>(c)];
      const double of_product = sums[static_cast<std::size_t>(channels + c)];
      const double by_y = -scale * inverse * inverse * of_product / static_cast<double>(count);
      rows[Row::gain][c] = static_cast<float>(of_product * inverse);
      rows[Row::bias][c] = static_cast<float>(of_g);
      rows[Row::by_y][c] = static_cast<float>(by_y);
      rows[Row::constant][c] = static_cast<float>(-scale * of_g / static_cast<double>(count) -
                                                  by_y * kept[Kept::mean][c]);
    }
  }
};

struct Incoming {
  at::Tensor first, second;  // of the two ways out of the unit; the second may be undefined
  bool first_is_ours = false;
};

Incoming incoming(autograd::variable_list& gradients, at::ScalarType type) {
  Incoming in;
  for (at::Tensor& gradient : gradients) {
    if (!gradient.defined()) continue;
    at::Tensor taken = std::move(gradient);
    gradient = at::Tensor();
    const bool ours = owned(taken);
    at::Tensor laid_out = taken.to(type).contiguous(channels_last);
    const bool copied = !laid_out.is_same(taken);
    if (!in.first.defined()) {
      in.first = std::move(laid_out);
      in.first_is_ours = ours || copied;
    } else {
      in.second = std::move(laid_out);
    }
  }
  return in;
}

class FastUnit : public autograd::Function<FastUnit> {
 public:
  static autograd::variable_list forward(autograd::AutogradContext* context, const at::Tensor& x,
                                         const at::Tensor& master, const at::Tensor& gain,
                                         const at::Tensor& bias,
                                         const std::optional<at::Tensor>& added,
                                         const at::Tensor& running_mean,
                                         const at::Tensor& running_var, const Kernels* kernels,
                                         const ConvNormOptions* options, bool forked, bool graph) {
    const UnitTensors tensors{master, gain, bias, running_mean, running_var};
    const at::Tensor residual = added.value_or(at::Tensor());
    const at::Tensor weight = cast_weight(master, x.scalar_type());
    const at::Tensor y = conv_forward({options->conv, x}, x, weight);
    const std::int64_t count = Shape(y).rows();
    const KeptRows kept = norm_of_batch(moments(*kernels, y), tensors, count);
    const float *const scale = kept[Kept::scale], *const shift = kept[Kept::shift];
    const Activated out = options->pool ? pooled(*kernels, y, scale, shift, graph)
                                        : activated(*kernels, y, at::empty_like(y), residual, scale,
                                                    shift, options->act == Act::relu, graph);
    if (!graph) return {out.z};
    context->save_for_backward({x, weight, y, kept.tensor(), gain, out.mark});
    context->set_materialize_grads(false);
    context->saved_data["plan"] = c10::IValue::make_capsule(c10::make_intrusive<Plan>(
        *kernels, *options, residual.defined(), Wanted{x.requires_grad(), master.requires_grad()}));
    if (forked) return {out.z, out.z.view_as(out.z)};
    return {out.z};
  }

  // By reference: the gradients' owners are counted, and a copy would be one more.
  static autograd::variable_list backward(autograd::AutogradContext* context,
                                          autograd::variable_list& gradients) {
    if (at::GradMode::is_enabled()) {
      throw Error(
          "A gradient of a gradient was asked for, which the fast step does not have. Set "
          "[run] step = \"aten\" for this experiment.");
    }
    const auto capsule = context->saved_data["plan"].toCapsule();
    const Plan& plan = *static_cast<const Plan*>(capsule.get());
    const Kernels& kernels = plan.kernels;
    const ConvNormOptions& options = plan.options;
    const Saved saved(context->get_saved_variables());
    const KeptRows kept(saved.kept);
    autograd::variable_list result(11);
    Incoming in = incoming(gradients, saved.y.scalar_type());
    if (!in.first.defined()) return result;

    const std::int64_t count = Shape(saved.y).rows();
    at::Tensor gated;  // after the ReLU's gate; the residual's own gradient
    std::vector<double> sums;
    Gate gate = Gate::none;
    if (options.pool) {
      gated = at::empty_like(saved.y);
      sums = pool_sums(kernels, in, saved, kept, gated);
    } else {
      const bool relu = options.act == Act::relu;
      gate = !relu ? Gate::none : plan.has_residual ? Gate::bits : Gate::from_y;
      const bool written = plan.has_residual || in.second.defined();
      if (written) gated = in.first_is_ours ? in.first : at::empty_like(saved.y);
      sums = gated_sums(kernels, in, saved, kept, gate, gated);
      if (written) gate = Gate::none;
    }
    const NormGradient norm(sums, kept, count);
    const bool in_place = plan.has_residual ? false : gated.defined() || in.first_is_ours;
    const at::Tensor g = gated.defined() ? gated : in.first;
    const at::Tensor dy = in_place ? g : at::empty_like(saved.y);
    write_gradient(kernels, g, saved, kept, norm, gate, dy);
    in = {};
    const ConvGradients conv =
        conv_backward({options.conv, saved.x}, kernels, dy, saved.x, saved.weight, plan.wanted);
    result[0] = conv.input;
    result[1] = conv.weight;
    result[2] = norm.rows.copy(NormGradient::Row::gain);
    result[3] = norm.rows.copy(NormGradient::Row::bias);
    if (plan.has_residual) result[4] = gated;
    return result;
  }

 private:
  static std::vector<double> gated_sums(const Kernels& kernels, const Incoming& in,
                                        const Saved& saved, const KeptRows& kept, Gate gate,
                                        const at::Tensor& gated) {
    const GradientSums one{in.first.const_data_ptr(),
                           pointer(in.second),
                           saved.y.const_data_ptr(),
                           static_cast<const std::uint16_t*>(
                               gate == Gate::bits ? saved.mark.const_data_ptr() : nullptr),
                           gated.defined() ? gated.mutable_data_ptr() : nullptr,
                           kept[Kept::scale],
                           kept[Kept::shift],
                           kept[Kept::mean],
                           saved.y.size(1),
                           gate};
    return sum_over_rows(Shape(saved.y).rows(), one.channels, one.channels,
                         [&](Rows rows, float* scratch, double* sums) {
                           kernels.gradient_sums(one, rows, scratch, sums);
                         });
  }

  static std::vector<double> pool_sums(const Kernels& kernels, const Incoming& in,
                                       const Saved& saved, const KeptRows& kept,
                                       const at::Tensor& spread) {
    const PoolShape shape = pool_shape(saved.y);
    const PoolGradientSums one{in.first.const_data_ptr(),
                               pointer(in.second),
                               saved.y.const_data_ptr(),
                               saved.mark.const_data_ptr<std::uint8_t>(),
                               spread.mutable_data_ptr(),
                               kept[Kept::mean],
                               shape};
    return sum_over_rows(saved.y.size(0) * shape.height, shape.width * shape.channels,
                         shape.channels, [&](Rows rows, float* scratch, double* sums) {
                           kernels.pool_gradient_sums(one, rows, scratch, sums);
                         });
  }

  static void write_gradient(const Kernels& kernels, const at::Tensor& g, const Saved& saved,
                             const KeptRows& kept, const NormGradient& norm, Gate gate,
                             const at::Tensor& dy) {
    const Gradient one{g.const_data_ptr(),
                       saved.y.const_data_ptr(),
                       dy.mutable_data_ptr(),
                       kept[Kept::scale],
                       kept[Kept::shift],
                       norm.rows[NormGradient::Row::by_y],
                       norm.rows[NormGradient::Row::constant],
                       saved.y.size(1),
                       gate};
    over_rows(Shape(saved.y).rows(), one.channels, [&](Rows rows) { kernels.gradient(one, rows); });
  }
};

}  // namespace

Fork train_unit(const Kernels& kernels, const ConvNormOptions& options, const UnitTensors& tensors,
                const at::Tensor& x, const at::Tensor& residual, bool forked, bool graph) {
  std::optional<at::Tensor> added;
  if (residual.defined()) added = residual;
  const autograd::variable_list out =
      FastUnit::apply(x, tensors.weight, tensors.gain, tensors.bias, added, tensors.running_mean,
                      tensors.running_var, &kernels, &options, forked, graph);
  return {out[0], out.back()};
}

}  // namespace r50::nn
