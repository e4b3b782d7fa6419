#include "nn/passes.h"

#include <ATen/ops/empty.h>

#include <algorithm>

#include "nn/compute_threads.h"

namespace r50::nn {
namespace {

// A thread costs some microseconds to wake: less work than this is not divided.
constexpr std::int64_t least_values = 32768;
// The most parts: enough for the threads of large machines, and few enough to add up.
constexpr std::int64_t most_parts = 64;

std::int64_t up(std::int64_t number, std::int64_t multiple) {
  return (number + multiple - 1) / multiple * multiple;
}

// Of some rows spread over the tensor, as a value near the mean of each channel.
std::vector<float> near_mean(const Kernels& kernels, const at::Tensor& y) {
  const Shape shape(y);
  const std::int64_t channels = shape.channels, rows = shape.rows();
  const std::int64_t count = std::min<std::int64_t>(rows, 16), apart = rows / count;
  std::vector<float> about(static_cast<std::size_t>(channels), 0);
  const at::Tensor scratch = at::empty({2 * channels}, at::TensorOptions(at::kFloat));
  std::vector<double> sums(static_cast<std::size_t>(2 * channels), 0);
  for (std::int64_t i = 0; i < count; ++i) {
    kernels.statistics(y.const_data_ptr(), about.data(), channels, {i * apart, i * apart + 1},
                       scratch.mutable_data_ptr<float>(), sums.data());
  }
  for (std::size_t c = 0; c < about.size(); ++c) {
    about[c] = static_cast<float>(sums[c] / static_cast<double>(count));
  }
  return about;
}

}  // namespace

void over_rows(std::int64_t rows, std::int64_t width, const std::function<void(Rows)>& work) {
  in_parallel(rows, std::max<std::int64_t>(1, least_values / width),
              [&](std::int64_t first, std::int64_t last) {
                work({first, last});
              });
}

std::vector<double> sum_over_rows(std::int64_t rows, std::int64_t width, std::int64_t channels,
                                  const SummingWork& work) {
  const std::int64_t enough = std::max<std::int64_t>(1, rows * width / least_values);
  // Parts begin at multiples of four rows, which the kernels take together.
  const std::int64_t part =
      up((rows + std::min(enough, most_parts) - 1) / std::min(enough, most_parts), 4);
  const std::int64_t parts = (rows + part - 1) / part;
  std::vector<double> sums(static_cast<std::size_t>(parts * 2 * channels), 0);
  const at::Tensor scratch = at::empty({parts * 2 * channels}, at::TensorOptions(at::kFloat));
  float* const floats = scratch.mutable_data_ptr<float>();
  in_parallel(parts, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      work({i * part, std::min(rows, (i + 1) * part)}, floats + i * 2 * channels,
           sums.data() + i * 2 * channels);
    }
  });
  for (std::int64_t i = 1; i < parts; ++i) {
    for (std::int64_t c = 0; c < 2 * channels; ++c) sums[c] += sums[i * 2 * channels + c];
  }
  sums.resize(static_cast<std::size_t>(2 * channels));
  return sums;
}

Moments moments(const Kernels& kernels, const at::Tensor& y) {
  const Shape shape(y);
  const std::int64_t channels = shape.channels;
  const std::vector<float> about = near_mean(kernels, y);
  const auto work = [&](Rows rows, float* scratch, double* sums) {
    kernels.statistics(y.const_data_ptr(), about.data(), channels, rows, scratch, sums);
  };
  const std::vector<double> sums = sum_over_rows(shape.rows(), channels, channels, work);
  const auto count = static_cast<double>(shape.rows());
  Moments result;
  for (std::int64_t c = 0; c < channels; ++c) {
    const double off = sums[c] / count;
    const double variance = sums[channels + c] / count - off * off;
    result.mean.push_back(about[c] + off);
    result.variance.push_back(variance < 0 ? 0 : variance);  // rounding only; NaN stays NaN
  }
  return result;
}

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
