#pragma once

// What a kernel on tiles asks of the processor, as two kinds of template parameter:
//   Tiles  eight registers of 16 rows with 64 bytes each, as AMX has them
//   Words  lines of 16 words with 32 bits each, to bring numbers into the order that tiles want
// and both in plain C++, which shows on any processor what the real ones do. All of it has internal
// linkage and needs no std, so that it may be compiled for any instructions.

#include <cstdint>

namespace r50::nn {
namespace {

constexpr int tile_side = 16;  // words a row, and rows
constexpr int tile_words = tile_side * tile_side;
constexpr int tile_count = 8;

// What LDTILECFG reads. It faults where one of the bytes that belong to no tile is not 0.
struct alignas(64) TileShapes {
  std::uint8_t palette = 1;
  std::uint8_t start_row = 0;
  std::uint8_t none[14] = {};
  std::uint16_t row_bytes[16] = {};
  std::uint8_t rows[16] = {};

  constexpr TileShapes() {
    for (int tile = 0; tile < tile_count; ++tile) {
      row_bytes[tile] = 4 * tile_side;
      rows[tile] = tile_side;
    }
  }
};
static_assert(sizeof(TileShapes) == 64);

// A constant of the program: what stands on the stack the compiler may leave out, since it does not
// know how much the instruction reads.
constexpr TileShapes whole_tiles;

// Intel's definition of AMX-BF16, word by word, but for shapes other than whole tiles. Like the
// real registers each thread has its own, and they fault (trap) where nobody configured them.
class EmulatedTiles {
 public:
  static void configure() {
    const TileShapes& shapes = whole_tiles;
    need(shapes.palette == 1 && shapes.start_row == 0);
    for (const std::uint8_t byte : shapes.none) need(byte == 0);
    for (int i = 0; i < 16; ++i) {
      need(shapes.row_bytes[i] == (i < tile_count ? 64 : 0));
      need(shapes.rows[i] == (i < tile_count ? 16 : 0));
    }
    Registers& all = registers();
    all = {};
    all.configured = true;
  }
  static void release() { registers() = {}; }
  static bool configured() { return registers().configured; }

  template <int tile>
  static void zero() {
    at<tile>() = {};
  }
  // The stride is in bytes, from one row to the next.
  template <int tile>
  static void load(const void* from, std::int64_t stride) {
    Tile& to = at<tile>();
    for (int row = 0; row < tile_side; ++row) {
      __builtin_memcpy(to.words[row], static_cast<const char*>(from) + row * stride, 64);
    }
  }
  template <int tile>
  static void store(void* to, std::int64_t stride) {
    const Tile& from = at<tile>();
    for (int row = 0; row < tile_side; ++row) {
      __builtin_memcpy(static_cast<char*>(to) + row * stride, from.words[row], 64);
    }
  }

  // sums[i][j] += over pairs p: left[i][p].low * right[p][j].low, likewise high. The low and the
  // high halves are summed apart, by fused multiply-adds in order, and brought together at the end.
  template <int sums, int left, int right>
  static void multiply_add() {
    Tile& to = at<sums>();
    const Tile &a = at<left>(), &b = at<right>();
    for (int row = 0; row < tile_side; ++row) {
      float low[tile_side] = {}, high[tile_side] = {};
      for (int pair = 0; pair < tile_side; ++pair) {
        const std::uint32_t one = a.words[row][pair];
        for (int column = 0; column < tile_side; ++column) {
          const std::uint32_t other = b.words[pair][column];
          low[column] = fused(one << 16, other << 16, low[column]);
          high[column] = fused(one & upper, other & upper, high[column]);
        }
      }
      for (int column = 0; column < tile_side; ++column) {
        std::uint32_t& sum = to.words[row][column];
        sum = bits(flushed(flushed(number(sum)) + flushed(low[column] + high[column])));
      }
    }
  }

 private:
  static constexpr std::uint32_t upper = 0xffff0000;

  struct Tile {
    std::uint32_t words[tile_side][tile_side];
  };
  struct Registers {
    bool configured;
    Tile tiles[tile_count];
  };
  static Registers& registers() {
    static thread_local Registers all = {};
    return all;
  }
  static void need(bool fine) {
    if (!fine) __builtin_trap();
  }
  template <int tile>
  static Tile& at() {
    static_assert(0 <= tile && tile < tile_count);
    need(registers().configured);
    return registers().tiles[tile];
  }

  static float number(std::uint32_t bits) {
    float result;
    __builtin_memcpy(&result, &bits, sizeof result);
    return result;
  }
  static std::uint32_t bits(float number) {
    std::uint32_t result;
    __builtin_memcpy(&result, &number, sizeof result);
    return result;
  }
  // Denormal numbers, given or computed, are zeros of their sign.
  static float flushed(float number) {
    return __builtin_fabsf(number) < __FLT_MIN__ ? __builtin_copysignf(0, number) : number;
  }
  static float fused(std::uint32_t a, std::uint32_t b, float c) {
    return flushed(__builtin_fmaf(flushed(number(a)), flushed(number(b)), c));
  }
};

struct PlainWords {
  struct Line {
    std::uint32_t words[16];
  };
  static Line load(const void* from) {
    Line line;
    __builtin_memcpy(&line, from, sizeof line);
    return line;
  }
  static void store(void* to, const Line& line) { __builtin_memcpy(to, &line, sizeof line); }
  // 16 words of two halves each.
  static Line pairs(const std::uint16_t* low, const std::uint16_t* high) {
    Line line;
    for (int i = 0; i < 16; ++i) line.words[i] = low[i] | std::uint32_t{high[i]} << 16;
    return line;
  }
  static void transpose(Line (&lines)[16]) {
    for (int i = 0; i < 16; ++i) {
      for (int j = 0; j < i; ++j) {
        const std::uint32_t word = lines[i].words[j];
        lines[i].words[j] = lines[j].words[i];
        lines[j].words[i] = word;
      }
    }
  }
  static void prefetch(const void* /*place*/) {}
};

}  // namespace
}  // namespace r50::nn
