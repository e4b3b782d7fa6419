#pragma once

// The gradient of a convolution's weights as a product of two matrices whose rows are pixels, on
// tiles (see tiles.h). A tile multiplies rows of one operand with columns of the other, 32 pixels
// at a time; so both operands are packed first: of the right one, pairs of rows are interleaved;
// the left one is turned on its side as well, which costs more and should be the narrower.

#include <cstdint>

#include "nn/tiles.h"

namespace r50::nn {

// sums[l][r] = over rows m: left[m][l] * right[m][r], all of them bf16 but the sums.
struct RowProduct {
  const std::uint16_t* left;
  const std::uint16_t* right;
  std::int64_t left_columns, right_columns;  // multiples of 32
  std::int64_t left_stride, right_stride;    // values from one row to the next
  std::int64_t rows;
};

// Sums stand tile by tile, those of 16 right columns together: the tile of the left columns 16 l..
// and the right columns 16 r.. is number r * left_columns / 16 + l. So a part of the right columns
// has its sums in one piece.
struct SumOfParts {
  const float* parts;  // one after the other, as each product left them
  std::int64_t part_count;
  std::int64_t left_columns, right_columns;
  bool right_first;  // whether to[right][left] is wanted, else to[left][right]
  float* to;
};

// Scratch that a product needs, at a multiple of 64 bytes, any content.
constexpr std::int64_t rows_packed_at_once = 512;
// One line more than 16 columns need: at a power of two all would share one set of the cache.
constexpr std::int64_t packed_words = rows_packed_at_once * tile_side / 2 + 16;
constexpr std::int64_t scratch_words(std::int64_t left_columns, std::int64_t right_columns) {
  return (left_columns + right_columns) / tile_side * packed_words;
}

struct WeightGradientKernel {
  // Sums: at a multiple of 64 bytes, any content. The calling thread's tiles are free afterwards.
  void (*multiply)(const RowProduct&, std::uint32_t* scratch, float* sums);
  // For the right columns 16 * first up to 16 * last.
  void (*add_up)(const SumOfParts&, std::int64_t first, std::int64_t last);
};

// Null where the compiler had no such instructions. Which the processor has, the caller knows.
const WeightGradientKernel* amx_weight_gradient_kernel();
// Linux lends tiles only to a process that asked (once; for all its threads, old and new).
bool amx_allowed();

namespace {

template <class Tiles, class Words>
class WeightGradientOn {
 public:
  static void multiply(const RowProduct& one, std::uint32_t* scratch, float* sums) {
    const std::int64_t left_tiles = one.left_columns / tile_side;
    const std::int64_t right_tiles = one.right_columns / tile_side;
    std::uint32_t* const left = scratch;
    std::uint32_t* const right = scratch + left_tiles * packed_words;
    Tiles::configure();
    for (std::int64_t row = 0; row < one.rows; row += rows_packed_at_once) {
      const std::int64_t rest = one.rows - row;
      const std::int64_t rows = rest < rows_packed_at_once ? rest : rows_packed_at_once;
      const std::int64_t depth = (rows + rows_a_tile - 1) / rows_a_tile;
      pack_left({one.left + row * one.left_stride, one.left_stride, one.left_columns, rows}, left);
      pack_right({one.right + row * one.right_stride, one.right_stride, one.right_columns, rows},
                 right);
      // The wide side outside: it is read once, while the narrow one stays in the cache.
      for (std::int64_t r = 0; r < right_tiles; r += 2) {
        for (std::int64_t l = 0; l < left_tiles; l += 2) {
          add_block(left + l * packed_words, right + r * packed_words, depth, row == 0,
                    sums + (r * left_tiles + l) * tile_words, left_tiles * tile_words);
        }
      }
    }
    Tiles::release();
  }

  static void add_up(const SumOfParts& one, std::int64_t first, std::int64_t last) {
    const std::int64_t left_tiles = one.left_columns / tile_side;
    const std::int64_t part_size = one.left_columns * one.right_columns;
    for (std::int64_t r = first; r < last; ++r) {
      for (std::int64_t l = 0; l < left_tiles; ++l) {
        const float* const from = one.parts + (r * left_tiles + l) * tile_words;
        alignas(64) float tile[tile_words];
        for (int i = 0; i < tile_words; ++i) tile[i] = from[i];
        for (std::int64_t part = 1; part < one.part_count; ++part) {
          for (int i = 0; i < tile_words; ++i) tile[i] += from[part * part_size + i];
        }
        Line lines[16];
        for (int i = 0; i < 16; ++i) lines[i] = Words::load(tile + 16 * i);
        if (one.right_first) Words::transpose(lines);
        const std::int64_t row = tile_side * (one.right_first ? r : l);
        const std::int64_t column = tile_side * (one.right_first ? l : r);
        const std::int64_t width = one.right_first ? one.left_columns : one.right_columns;
        for (int i = 0; i < 16; ++i) Words::store(one.to + (row + i) * width + column, lines[i]);
      }
    }
  }

 private:
  using Line = typename Words::Line;
  static constexpr std::int64_t rows_a_tile = 2 * tile_side;

  struct Matrix {
    const std::uint16_t* values;
    std::int64_t stride, columns, rows;

    const std::uint16_t* at(std::int64_t row, std::int64_t column) const {
      return values + row * stride + column;
    }
    // 16 columns of a row and the next, zeros where there is none.
    Line pairs(std::int64_t row, std::int64_t column) const {
      static constexpr std::uint16_t zeros[16] = {};
      return Words::pairs(row < rows ? at(row, column) : zeros,
                          row + 1 < rows ? at(row + 1, column) : zeros);
    }
  };

  static void pack_right(const Matrix& from, std::uint32_t* to) {
    // Two kilobytes ahead, in rows.
    const std::int64_t ahead = 1024 / from.columns / 2 * 2 + 2;
    const std::int64_t end = (from.rows + rows_a_tile - 1) / rows_a_tile * rows_a_tile;
    for (std::int64_t row = 0; row < end; row += 2, to += tile_side) {
      for (std::int64_t c = 0; c < from.columns; c += tile_side) {
        if (c % cache_line == 0 && row + ahead < from.rows) {
          Words::prefetch(from.at(row + ahead, c));
          Words::prefetch(from.at(row + ahead + 1, c));
        }
        Words::store(to + c / tile_side * packed_words, from.pairs(row, c));
      }
    }
  }

  static void pack_left(const Matrix& from, std::uint32_t* to) {
    for (std::int64_t row = 0; row < from.rows; row += rows_a_tile, to += tile_words) {
      for (std::int64_t c = 0; c < from.columns; c += tile_side) {
        Line lines[16];
        for (int i = 0; i < 16; ++i) {
          const std::int64_t next = row + rows_a_tile + 2 * i;
          if (c % cache_line == 0 && next < from.rows) {
            Words::prefetch(from.at(next, c));
            Words::prefetch(from.at(next + 1, c));
          }
          lines[i] = from.pairs(row + 2 * i, c);
        }
        Words::transpose(lines);
        std::uint32_t* const tile = to + c / tile_side * packed_words;
        for (int i = 0; i < 16; ++i) Words::store(tile + 16 * i, lines[i]);
      }
    }
  }

  // Four tiles of sums at once: each operand that is loaded is used twice.
  static void add_block(const std::uint32_t* left, const std::uint32_t* right, std::int64_t depth,
                        bool first, float* sums, std::int64_t next_right) {
    if (first) {
      Tiles::template zero<0>();
      Tiles::template zero<1>();
      Tiles::template zero<2>();
      Tiles::template zero<3>();
    } else {
      Tiles::template load<0>(sums, row_bytes);
      Tiles::template load<1>(sums + tile_words, row_bytes);
      Tiles::template load<2>(sums + next_right, row_bytes);
      Tiles::template load<3>(sums + next_right + tile_words, row_bytes);
    }
    for (std::int64_t k = 0; k < depth; ++k, left += tile_words, right += tile_words) {
      Tiles::template load<4>(left, row_bytes);
      Tiles::template load<6>(right, row_bytes);
      Tiles::template load<5>(left + packed_words, row_bytes);
      Tiles::template load<7>(right + packed_words, row_bytes);
      Tiles::template multiply_add<0, 4, 6>();
      Tiles::template multiply_add<1, 5, 6>();
      Tiles::template multiply_add<2, 4, 7>();
      Tiles::template multiply_add<3, 5, 7>();
    }
    Tiles::template store<0>(sums, row_bytes);
    Tiles::template store<1>(sums + tile_words, row_bytes);
    Tiles::template store<2>(sums + next_right, row_bytes);
    Tiles::template store<3>(sums + next_right + tile_words, row_bytes);
  }

  static constexpr std::int64_t cache_line = 32;  // values
  static constexpr std::int64_t row_bytes = 4 * tile_side;
};

template <class Tiles, class Words>
constexpr WeightGradientKernel weight_gradient_kernel_on{WeightGradientOn<Tiles, Words>::multiply,
                                                         WeightGradientOn<Tiles, Words>::add_up};

}  // namespace
}  // namespace r50::nn
