#include "nn/unit_passes.h"

#include <ATen/ops/empty.h>

#include "nn/passes.h"
#include "nn/shorthand.h"

namespace r50::nn {

PoolShape pool_shape(const at::Tensor& y) {
  const Shape s(y);
  return {s.height, s.width, (s.height - 1) / 2 + 1, (s.width - 1) / 2 + 1, s.channels};
}

Activated pooled(const Kernels& kernels, const at::Tensor& y, const float* scale,
                 const float* shift, bool graph) {
  const PoolShape shape = pool_shape(y);
  const std::int64_t images = y.size(0);
  Activated result;
  result.z = at::empty({images, shape.channels, shape.out_height, shape.out_width}, y.options(),
                       channels_last);
  if (graph) result.mark = at::empty({result.z.numel()}, y.options().dtype(at::kByte));
  const NormalisePool one{y.const_data_ptr(),
                          result.z.mutable_data_ptr(),
                          graph ? result.mark.mutable_data_ptr<std::uint8_t>() : nullptr,
                          scale,
                          shift,
                          shape};
  over_rows(images * shape.out_height, shape.out_width * shape.channels,
            [&](Rows rows) { kernels.normalise_pool(one, rows); });
  return result;
}

Activated activated(const Kernels& kernels, const at::Tensor& y, const at::Tensor& z,
                    const at::Tensor& residual, const float* scale, const float* shift, bool relu,
                    bool graph) {
  Activated result{z, {}};
  const bool mask = graph && relu && residual.defined();
  if (mask) result.mark = at::empty({y.numel() / 16}, y.options().dtype(at::kShort));
  const Normalise one{y.const_data_ptr(),
                      residual.defined() ? residual.const_data_ptr() : nullptr,
                      z.mutable_data_ptr(),
                      mask ? static_cast<std::uint16_t*>(result.mark.mutable_data_ptr()) : nullptr,
                      scale,
                      shift,
                      y.size(1),
                      relu};
  over_rows(Shape(y).rows(), y.size(1), [&](Rows rows) { kernels.normalise(one, rows); });
  return result;
}

}  // namespace r50::nn
