#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "r50/error.h"

namespace r50::nn {

// A layer that would silently drop a residual hides a mistake in a model.
inline void refuse_residual(const at::Tensor& residual, const std::string& layer) {
  if (!residual.defined()) return;
  throw Error("The layer '" + layer + "' was given a residual but adds none. Give it to the " +
              "ConvNorm at the end of the block, which adds it before its activation.");
}

}  // namespace r50::nn
