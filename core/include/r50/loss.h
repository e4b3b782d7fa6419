#pragma once

#include <ATen/core/Tensor.h>

#include "r50/plugin.h"
#include "r50/progress.h"

namespace r50 {

// Mean loss of a micro-batch. Stateless.
class Loss : public Plugin {
 public:
  static constexpr Kind kind = Kind::loss;
  using Facts = RunFacts;
  ~Loss() override;

  // `targets` is int64 [N], or float [N, classes]. Differentiable in `logits`.
  virtual at::Tensor value(const at::Tensor& logits, const at::Tensor& targets) const = 0;
};

}  // namespace r50
