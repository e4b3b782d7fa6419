#pragma once

// A whole unit (convolution, norm, residual, activation, pool) on r50's kernels: each activation is
// written and read as few times as the mathematics allow. conv_norm.cc decides whether a unit comes
// here; trained_unit.cc and evaluated_unit.cc do the work.

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include "nn/kernels.h"
#include "r50/layers.h"

namespace r50::nn {

struct NormOptions {
  double momentum;  // the share of a new batch in the running statistics
  double epsilon;
};

inline constexpr NormOptions norm_options{0.1, 1e-5};  // torch's own

struct UnitTensors {
  at::Tensor weight, gain, bias, running_mean, running_var;
};

// In all of them `x` is channels-last and of the type that `kernels` are for, `residual` alike (or
// undefined); the weights are fp32 masters.

// Training: normalises by the batch's own statistics and moves the running ones. One node of the
// graph holds the unit; without a `graph` nothing is kept for a backward pass.
Fork train_unit(const Kernels& kernels, const ConvNormOptions& options, const UnitTensors& tensors,
                const at::Tensor& x, const at::Tensor& residual, bool forked, bool graph);

// Evaluation, without a graph. While weights are held (held.h) the norm is folded into them, and
// where this libtorch can, one call of oneDNN does all; else the norm is a scale and a shift after
// the convolution.
at::Tensor evaluate_unit(const Kernels& kernels, const ConvNormOptions& options,
                         const UnitTensors& tensors, const at::Tensor& x,
                         const at::Tensor& residual);

// Whether this libtorch has the operators for that one call and oneDNN is not switched off.
bool has_fused_conv();

// A number a channel for each of a few purposes, as the kernels want them. `Names` ends with
// `count`: enum class Row { mean, scale, count }.
template <class Names>
class ChannelRows {
 public:
  explicit ChannelRows(std::int64_t channels)
      : rows_(at::empty({static_cast<std::int64_t>(Names::count), channels},
                        at::TensorOptions(at::kFloat))) {}
  explicit ChannelRows(at::Tensor rows) : rows_(std::move(rows)) {}

  float* operator[](Names name) const {
    return rows_.mutable_data_ptr<float>() + static_cast<std::int64_t>(name) * rows_.size(1);
  }
  // Its own memory: it may outlive the others.
  at::Tensor copy(Names name) const {
    return rows_.select(0, static_cast<std::int64_t>(name)).clone();
  }
  const at::Tensor& tensor() const { return rows_; }

 private:
  at::Tensor rows_;
};

}  // namespace r50::nn
