#pragma once

// Tensors small enough to look at, with values that are the same in every run.

#include <ATen/core/Tensor.h>

#include "r50/batch.h"
#include "r50/random.h"
#include "r50/weights.h"

namespace r50::contract {

// Uniform in [low, high), fp32.
at::Tensor some_tensor(at::IntArrayRef sizes, std::uint64_t key, double low = -1, double high = 1);
// 0, 1, ..., classes - 1, 0, ...
at::Tensor some_targets(std::int64_t n, std::int64_t classes);

// A convolution, a norm with its statistics and counter, and a classifier.
ModelTensors some_model();

MicroBatch some_batch(std::int64_t n, bool bytes);

ModelTensors copy(const ModelTensors& model);
NamedTensors copy(const NamedTensors& tensors);
// The name of the first tensor that differs; empty if none.
std::string first_difference(const NamedTensors& a, const NamedTensors& b);
std::string first_difference(const ModelTensors& a, const ModelTensors& b);
bool finite(const at::Tensor& tensor);
bool finite(const NamedTensors& tensors);
// Writes the values of one set into the tensors of another.
void assign(const NamedTensors& to, const NamedTensors& from);

}  // namespace r50::contract
