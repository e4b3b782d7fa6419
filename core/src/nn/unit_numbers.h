#pragma once

// A number a channel for each of a few purposes, as the kernels want them.

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

namespace r50::nn {

// `Names` ends with `count`: enum class Row { mean, scale, count }.
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
