#include "nn/weight_gradient.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>

#include "nn/compute_threads.h"
#include "nn/kernel_choice.h"
#include "nn/kernels.h"

namespace r50::nn {
namespace {

// How the threads share a product: each takes some of the rows, or some of the right columns. By
// rows each has sums of its own, which must be added; by columns each packs the whole left matrix.
struct Shares {
  std::int64_t of_rows = 1, of_columns = 1;

  Shares(const RowProduct& all, std::int64_t threads) {
    constexpr std::int64_t few_sums = 1 << 19, least_rows = 64;
    if (all.left_columns * all.right_columns <= few_sums) {
      of_rows = std::clamp<std::int64_t>(all.rows / least_rows, 1, threads);
    } else {
      of_columns = std::min(all.right_columns / channel_multiple, threads);
    }
  }
};

// The n-th of `parts` equal parts, each of which begins at a multiple of 32.
std::int64_t part_begin(std::int64_t size, std::int64_t parts, std::int64_t n) {
  return (size / channel_multiple * n + parts - 1) / parts * channel_multiple;
}
std::int64_t part_end(std::int64_t size, std::int64_t parts, std::int64_t n) {
  return n + 1 == parts ? size : part_begin(size, parts, n + 1);
}

const std::uint16_t* values_of(const at::Tensor& x) {
  return static_cast<const std::uint16_t*>(x.const_data_ptr());
}

}  // namespace

bool has_weight_gradient_kernel() {
  // The order matters: amx_allowed is compiled for AVX-512.
  static const bool has = amx_weight_gradient_kernel() && processor().tiles && amx_allowed();
  return has;
}

at::Tensor weight_gradient(const at::Tensor& d_rows, const at::Tensor& x_rows) {
  return weight_gradient(*amx_weight_gradient_kernel(), d_rows, x_rows);
}

at::Tensor weight_gradient(const WeightGradientKernel& kernel, const at::Tensor& d_rows,
                           const at::Tensor& x_rows) {
  const at::Tensor d = d_rows.contiguous(), x = x_rows.contiguous();
  const bool x_narrower = x.size(1) < d.size(1);
  const at::Tensor &left = x_narrower ? x : d, &right = x_narrower ? d : x;
  const std::int64_t lefts = left.size(1), rights = right.size(1), rows = d.size(0);
  const RowProduct all{values_of(left), values_of(right), lefts, rights, lefts, rights, rows};
  const Shares shares(all, at::get_num_threads());

  const std::int64_t count = shares.of_rows * shares.of_columns;
  const std::int64_t scratch_size =
      scratch_words(lefts, (rights / shares.of_columns / channel_multiple + 1) * channel_multiple);
  const at::Tensor scratch = at::empty({count * scratch_size}, at::TensorOptions(at::kInt));
  const at::Tensor sums =
      at::empty({shares.of_rows * lefts * rights}, at::TensorOptions(at::kFloat));
  at::Tensor gradient = at::empty({d.size(1), x.size(1)}, at::TensorOptions(at::kFloat));
  auto* const words = static_cast<std::uint32_t*>(scratch.mutable_data_ptr());
  float* const floats = sums.mutable_data_ptr<float>();

  in_parallel(count, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const std::int64_t row_part = i / shares.of_columns, column_part = i % shares.of_columns;
      const std::int64_t row = part_begin(rows, shares.of_rows, row_part);
      const std::int64_t column = part_begin(rights, shares.of_columns, column_part);
      RowProduct part = all;
      part.left += row * all.left_stride;
      part.right += row * all.right_stride + column;
      part.rows = part_end(rows, shares.of_rows, row_part) - row;
      part.right_columns = part_end(rights, shares.of_columns, column_part) - column;
      kernel.multiply(part, words + i * scratch_size,
                      floats + (row_part * rights + column) * lefts);
    }
  });
  const SumOfParts parts{floats, shares.of_rows, lefts,
                         rights, x_narrower,     gradient.mutable_data_ptr<float>()};
  constexpr std::int64_t worth_a_thread = 32768;
  in_parallel(rights / tile_side, std::max<std::int64_t>(1, worth_a_thread / (lefts * 16)),
              [&](std::int64_t first, std::int64_t last) { kernel.add_up(parts, first, last); });
  return gradient;
}

}  // namespace r50::nn
