#include "nn/conv_paths.h"

#include <ATen/ops/convolution.h>
#include <ATen/ops/convolution_backward.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>

#include <cstring>
#include <tuple>

#include "nn/passes.h"
#include "nn/weight_gradient.h"

namespace r50::nn {
namespace {

// A channels-last tensor as the matrix it is in memory: a row a pixel.
at::Tensor as_rows(const at::Tensor& x) { return x.permute({0, 2, 3, 1}).reshape({-1, x.size(1)}); }

// left * right as an image: the product is written through a view, so that the image alone owns its
// memory. What is a view itself shares it with its base, and nobody may overwrite that.
at::Tensor product_image(const at::Tensor& left, const at::Tensor& right, std::int64_t images,
                         std::int64_t height, std::int64_t width) {
  at::Tensor image =
      at::empty({images, right.size(1), height, width}, left.options(), channels_last);
  at::Tensor rows = image.permute({0, 2, 3, 1}).view({-1, right.size(1)});
  at::mm_out(rows, left, right);
  return image;
}

at::Tensor as_matrix(const at::Tensor& weight) {
  return weight.permute({0, 2, 3, 1}).reshape({weight.size(0), -1});
}

const char* bytes_of(const at::Tensor& x) { return static_cast<const char*>(x.const_data_ptr()); }
char* bytes_to(const at::Tensor& x) { return static_cast<char*>(x.mutable_data_ptr()); }

// What a strided 1x1 kernel sees of x.
at::Tensor seen_pixels(const ConvShape& s, const at::Tensor& x) {
  at::Tensor seen = at::empty({s.images * s.out_pixels(), s.in}, x.options());
  const auto pixel = static_cast<std::size_t>(s.in * x.element_size());
  const char* const from = bytes_of(x);
  char* const to = bytes_to(seen);
  over_rows(s.images * s.out_height, s.out_width * s.in, [&](Rows rows) {
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const std::int64_t line = row / s.out_height * s.height + row % s.out_height * s.stride;
      for (std::int64_t w = 0; w < s.out_width; ++w) {
        std::memcpy(to + (row * s.out_width + w) * pixel,
                    from + (line * s.width + w * s.stride) * pixel, pixel);
      }
    }
  });
  return seen;
}

// The gradient of x from that of the pixels seen: the others have none.
at::Tensor spread_pixels(const ConvShape& s, const at::Tensor& seen) {
  at::Tensor image = at::empty({s.images, s.in, s.height, s.width}, seen.options(), channels_last);
  const auto pixel = static_cast<std::size_t>(s.in * seen.element_size());
  const char* const from = bytes_of(seen);
  char* const to = bytes_to(image);
  over_rows(s.images * s.height, s.width * s.in, [&](Rows rows) {
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const std::int64_t n = row / s.height, h = row % s.height;
      char* const line = to + row * s.width * pixel;
      std::memset(line, 0, s.width * pixel);
      if (h % s.stride != 0 || h / s.stride >= s.out_height) continue;
      const char* const source = from + (n * s.out_height + h / s.stride) * s.out_width * pixel;
      for (std::int64_t w = 0; w < s.out_width; ++w) {
        std::memcpy(line + w * s.stride * pixel, source + w * pixel, pixel);
      }
    }
  });
  return image;
}

// Each output pixel's nine neighbours in one row, zeros outside of the image.
at::Tensor neighbours(const ConvShape& s, const at::Tensor& x) {
  at::Tensor columns = at::empty({s.images * s.out_pixels(), 9 * s.in}, x.options());
  const auto pixel = static_cast<std::size_t>(s.in * x.element_size());
  const char* const from = bytes_of(x);
  char* const all = bytes_to(columns);
  over_rows(s.images * s.out_height, s.out_width * 9 * s.in, [&](Rows rows) {
    for (std::int64_t row = rows.first; row < rows.last; ++row) {
      const std::int64_t n = row / s.out_height, top = row % s.out_height * s.stride - 1;
      char* to = all + row * s.out_width * 9 * pixel;
      for (std::int64_t x_out = 0; x_out < s.out_width; ++x_out) {
        for (int tap = 0; tap < 9; ++tap, to += pixel) {
          const std::int64_t h = top + tap / 3, w = x_out * s.stride - 1 + tap % 3;
          if (h < 0 || w < 0 || h >= s.height || w >= s.width) {
            std::memset(to, 0, pixel);
          } else {
            std::memcpy(to, from + ((n * s.height + h) * s.width + w) * pixel, pixel);
          }
        }
      }
    }
  });
  return columns;
}

at::Tensor sum_neighbours(const ConvShape& s, const Kernels& kernels, const at::Tensor& columns) {
  at::Tensor image =
      at::empty({s.images, s.in, s.height, s.width}, columns.options(), channels_last);
  const Columns shape{s.height, s.width, s.out_height, s.out_width, s.in, s.stride};
  over_rows(s.images * s.height * s.width, s.in, [&](Rows rows) {
    kernels.sum_columns(columns.const_data_ptr(), image.mutable_data_ptr(), shape, rows);
  });
  return image;
}

// What the weights' matrix is multiplied with.
at::Tensor gathered(const ConvShape& s, const at::Tensor& x) {
  if (s.kernel == 3) return neighbours(s, x);
  return s.stride == 1 ? as_rows(x) : seen_pixels(s, x);
}

std::tuple<at::Tensor, at::Tensor> aten_backward(const ConvShape& s, const at::Tensor& dy,
                                                 const at::Tensor& x, const at::Tensor& weight,
                                                 bool input, bool weights) {
  auto all = at::convolution_backward(dy, x, weight, at::OptionalIntArrayRef(), both(s.stride),
                                      both(s.padding), both(1), false, both(0), 1,
                                      {input, weights, false});
  return {std::get<0>(all), std::get<1>(all)};
}

}  // namespace

at::Tensor conv_forward(const ConvShape& s, ProductPath path, const at::Tensor& x,
                        const at::Tensor& weight) {
  if (path == ProductPath::aten) {
    return at::convolution(x, weight, {}, both(s.stride), both(s.padding), both(1), false, both(0),
                           1)
        .contiguous(channels_last);
  }
  return product_image(gathered(s, x), as_matrix(weight).t(), s.images, s.out_height, s.out_width);
}

at::Tensor conv_forward(const ConvShape& s, const at::Tensor& x, const at::Tensor& weight) {
  return conv_forward(s, conv_path(s, ProductPass::forward), x, weight);
}

at::Tensor input_gradient(const ConvShape& s, ProductPath path, const Kernels& kernels,
                          const at::Tensor& dy, const at::Tensor& weight, const at::Tensor& x) {
  if (path == ProductPath::aten) return std::get<0>(aten_backward(s, dy, x, weight, true, false));
  if (path == ProductPath::rows && s.stride == 1) {
    return product_image(as_rows(dy), as_matrix(weight), s.images, s.height, s.width);
  }
  const at::Tensor product = at::mm(as_rows(dy), as_matrix(weight));
  return path == ProductPath::columns ? sum_neighbours(s, kernels, product)
                                      : spread_pixels(s, product);
}

at::Tensor weight_gradient(const ConvShape& s, ProductPath path, const at::Tensor& dy,
                           const at::Tensor& x, const at::Tensor& weight) {
  if (path == ProductPath::aten) {
    return std::get<1>(aten_backward(s, dy, x, weight, false, true)).to(at::kFloat);
  }
  const at::Tensor rows = as_rows(dy), seen = gathered(s, x);
  const at::Tensor product = path == ProductPath::tiles ? weight_gradient(rows, seen)
                                                        : at::mm(rows.t(), seen).to(at::kFloat);
  return product.view({s.out, s.kernel, s.kernel, s.in}).permute({0, 3, 1, 2});
}

ConvGradients conv_backward(const ConvShape& s, const Kernels& kernels, const at::Tensor& dy,
                            const at::Tensor& x, const at::Tensor& weight, Wanted wanted) {
  const ProductPath of_input = conv_path(s, ProductPass::input_gradient);
  const ProductPath of_weight = conv_path(s, ProductPass::weight_gradient);
  ConvGradients result;
  if (wanted.input && wanted.weight && of_input == ProductPath::aten &&
      of_weight == ProductPath::aten) {
    std::tie(result.input, result.weight) = aten_backward(s, dy, x, weight, true, true);
    result.weight = result.weight.to(at::kFloat);
    return result;
  }
  if (wanted.weight) result.weight = weight_gradient(s, of_weight, dy, x, weight);
  if (wanted.input) result.input = input_gradient(s, of_input, kernels, dy, weight, x);
  return result;
}

}  // namespace r50::nn
