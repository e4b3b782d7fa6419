#include "nn/weight_gradient.h"

#include <ATen/Parallel.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <array>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "nn/kernel_choice.h"
#include "support/nn/avx512_words.h"
#include "support/nn/guarded.h"

namespace r50::nn::test {
namespace {

const WeightGradientKernel& emulated() {
  return weight_gradient_kernel_on<EmulatedTiles, PlainWords>;
}

// `missing` says why there is no such kernel.
struct Candidate {
  const WeightGradientKernel* kernel;
  std::string missing;
};

Candidate candidate(const std::string& name) {
  if (name == "Emulated") return {&emulated(), ""};
  if (name == "Avx512Words") {
    if (!kernels_for(at::kFloat)) return {nullptr, no_kernels_because(at::kFloat)};
    return {kernel_with_avx512_words(), kernel_with_avx512_words() ? "" : "no such compiler"};
  }
  if (has_weight_gradient_kernel()) return {amx_weight_gradient_kernel(), ""};
  return {nullptr, "no AMX"};
}

struct Matrix {
  std::int64_t rows, columns;
  Guarded<std::uint16_t> values;

  Matrix(std::int64_t row_count, std::int64_t column_count)
      : rows(row_count),
        columns(column_count),
        values(static_cast<std::size_t>(row_count * column_count)) {}
  double at(std::int64_t row, std::int64_t column) const {
    return c10::BFloat16(values[row * columns + column], c10::BFloat16::from_bits());
  }
};

class WeightGradientTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const Candidate found = candidate(GetParam());
    kernel_ = found.kernel;
    if (!kernel_) GTEST_SKIP() << "skipped: " << found.missing;
  }
  void TearDown() override {
    EXPECT_FALSE(EmulatedTiles::configured()) << "the tiles were not released";
  }

  Matrix integers(std::int64_t rows, std::int64_t columns) {
    std::uniform_int_distribution<int> some(-8, 8);
    return filled(rows, columns, [&] { return static_cast<float>(some(random_)); });
  }
  Matrix normal(std::int64_t rows, std::int64_t columns) {
    std::normal_distribution<float> some;
    return filled(rows, columns, [&] { return some(random_); });
  }
  template <class Draw>
  static Matrix filled(std::int64_t rows, std::int64_t columns, const Draw& draw) {
    Matrix one(rows, columns);
    for (std::uint16_t& value : one.values) value = c10::BFloat16(draw()).x;
    return one;
  }

  // The right columns from `from` on, as one part of the whole.
  Guarded<float> product(const Matrix& left, const Matrix& right, bool right_first,
                         std::int64_t from = 0) const {
    const std::int64_t rights = right.columns - from, size = left.columns * rights;
    Guarded<std::uint32_t> scratch(static_cast<std::size_t>(scratch_words(left.columns, rights)));
    Guarded<float> sums(static_cast<std::size_t>(size)), result(static_cast<std::size_t>(size));
    kernel_->multiply({left.values.data(), right.values.data() + from, left.columns, rights,
                       left.columns, right.columns, left.rows},
                      scratch.data(), sums.data());
    kernel_->add_up({sums.data(), 1, left.columns, rights, right_first, result.data()}, 0,
                    rights / 16);
    return result;
  }

  static double expected(const Matrix& left, const Matrix& right, std::int64_t l, std::int64_t r) {
    double sum = 0;
    for (std::int64_t row = 0; row < left.rows; ++row) sum += left.at(row, l) * right.at(row, r);
    return sum;
  }

  // Of large products every seventh sum or so, which meets every place in a tile.
  static void check(const Matrix& left, const Matrix& right, const Guarded<float>& result,
                    bool right_first, double tolerance, std::int64_t from = 0) {
    const std::int64_t rights = right.columns - from, size = left.columns * rights;
    const std::int64_t step = size > 4096 ? 7 : 1;
    for (std::int64_t i = 0; i < size; i += step) {
      const std::int64_t l = i / rights, r = i % rights;
      const float sum = result[right_first ? r * left.columns + l : i];
      ASSERT_NEAR(sum, expected(left, right, l, from + r), tolerance) << l << ", " << r;
    }
  }

  const WeightGradientKernel* kernel_ = nullptr;
  std::mt19937 random_{11};
};

INSTANTIATE_TEST_SUITE_P(Kernels, WeightGradientTest,
                         testing::Values("Emulated", "Avx512Words", "Amx"),
                         [](const auto& one) { return one.param; });

TEST_P(WeightGradientTest, IntegersAreExactForAnyRows) {
  for (const std::int64_t rows : {1, 2, 31, 32, 33, 100, 512, 513, 1500}) {
    SCOPED_TRACE(rows);
    const Matrix left = integers(rows, 32), right = integers(rows, 96);
    for (const bool right_first : {false, true}) {
      check(left, right, product(left, right, right_first), right_first, 0);
    }
  }
}

TEST_P(WeightGradientTest, AnyColumns) {
  for (const std::int64_t lefts : {32, 64, 96, 256}) {
    for (const std::int64_t rights : {32, 64, 96, 256}) {
      SCOPED_TRACE(std::to_string(lefts) + ", " + std::to_string(rights));
      const Matrix left = normal(33, lefts), right = normal(33, rights);
      check(left, right, product(left, right, rights == 64), rights == 64, 1e-6 * 33);
    }
  }
}

TEST_P(WeightGradientTest, ManyColumns) {
  const Matrix left = normal(70, 64), right = normal(70, 2048);
  check(left, right, product(left, right, true), true, 1e-6 * 70);
}

TEST_P(WeightGradientTest, ManyRows) {
  const Matrix left = normal(1500, 64), right = normal(1500, 96);
  check(left, right, product(left, right, false), false, 1e-6 * 1500);
}

TEST_P(WeightGradientTest, SomeOfTheColumns) {
  const Matrix left = integers(40, 32), right = integers(40, 160);
  check(left, right, product(left, right, false, 64), false, 0, 64);
}

TEST_P(WeightGradientTest, NumbersThatAreNoneStayWhereTheyAre) {
  Matrix left = integers(5, 32), right = integers(5, 32);
  left.values[2 * 32 + 7] = c10::BFloat16(NAN).x;
  right.values[4 * 32 + 9] = c10::BFloat16(INFINITY).x;
  left.values[4 * 32] = c10::BFloat16(1.0F).x;
  const Guarded<float> result = product(left, right, false);
  for (std::int64_t r = 0; r < 32; ++r) EXPECT_TRUE(std::isnan(result[7 * 32 + r]));
  EXPECT_EQ(result[9], INFINITY);
  for (std::int64_t r = 0; r < 32; ++r) {
    if (r == 9) continue;
    EXPECT_EQ(result[r], expected(left, right, 0, r));
  }
}

TEST_P(WeightGradientTest, SumsOfParts) {
  const std::vector<float> parts = [&] {
    std::vector<float> some(static_cast<std::size_t>(3 * 32 * 64));
    for (std::size_t i = 0; i < some.size(); ++i) some[i] = static_cast<float>(i % 1021);
    return some;
  }();
  for (const bool right_first : {false, true}) {
    Guarded<float> result(32 * 64);
    kernel_->add_up({parts.data(), 3, 32, 64, right_first, result.data()}, 0, 1);
    kernel_->add_up({parts.data(), 3, 32, 64, right_first, result.data()}, 1, 4);
    for (std::int64_t l = 0; l < 32; ++l) {
      for (std::int64_t r = 0; r < 64; ++r) {
        const std::int64_t tile = r / 16 * 2 + l / 16, place = tile * 256 + l % 16 * 16 + r % 16;
        const float sum = parts[place] + parts[2048 + place] + parts[4096 + place];
        ASSERT_EQ(result[right_first ? r * 32 + l : l * 64 + r], sum) << l << ", " << r;
      }
    }
  }
}

// Over tensors, for each number of threads; both ways of sharing, both sides the narrower one.
class Threads {
 public:
  explicit Threads(int count) : before_(at::get_num_threads()) { at::set_num_threads(count); }
  ~Threads() { at::set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

TEST_P(WeightGradientTest, ThreadsShareTensors) {
  const std::vector<std::array<std::int64_t, 3>> shapes = {
      // rows, out, in
      {1, 32, 32}, {130, 96, 32}, {700, 32, 96}, {1100, 64, 64}, {20, 512, 1056}, {20, 1056, 512}};
  for (const auto& [rows, out, in] : shapes) {
    const at::Tensor d = at::randint(-8, 9, {rows, out}, at::kBFloat16);
    const at::Tensor x = at::randint(-8, 9, {rows, in}, at::kBFloat16);
    const at::Tensor sums = at::mm(d.to(at::kDouble).t(), x.to(at::kDouble)).to(at::kFloat);
    for (const int threads : {1, 2, 5}) {
      const Threads set(threads);
      const at::Tensor gradient = weight_gradient(*kernel_, d, x);
      EXPECT_EQ(gradient.scalar_type(), at::kFloat);
      EXPECT_TRUE(gradient.is_contiguous());
      EXPECT_TRUE(gradient.equal(sums)) << rows << ", " << out << ", " << in << ", " << threads;
    }
  }
}

TEST_P(WeightGradientTest, SameBitsForSameThreads) {
  const at::Tensor d = at::randn({800, 96}, at::kBFloat16), x = at::randn({800, 64}, at::kBFloat16);
  const Threads set(3);
  const at::Tensor once = weight_gradient(*kernel_, d, x);
  for (int again = 0; again < 5; ++again) EXPECT_TRUE(weight_gradient(*kernel_, d, x).equal(once));
}

TEST_P(WeightGradientTest, TensorsThatLieOtherwise) {
  const at::Tensor d = at::randint(-8, 9, {64, 50}, at::kBFloat16).t();
  const at::Tensor x = at::randint(-8, 9, {50, 96}, at::kBFloat16).slice(1, 32);
  const at::Tensor sums = at::mm(d.to(at::kDouble).t(), x.to(at::kDouble)).to(at::kFloat);
  EXPECT_TRUE(weight_gradient(*kernel_, d, x).equal(sums));
}

TEST_P(WeightGradientTest, PackingChangesNoBit) {
  if (GetParam() == "Amx") GTEST_SKIP() << "skipped: a processor may sum in an order of its own";
  const Matrix left = normal(600, 32), right = normal(600, 64);
  const Guarded<float> result = product(left, right, false);
  kernel_ = &emulated();
  const Guarded<float> defined = product(left, right, false);
  EXPECT_EQ(std::memcmp(result.data(), defined.data(), result.size() * sizeof(float)), 0);
}

// sums[0][0] of one multiply-add, after `sum`, of left's first row and right's first column.
float tile_sum(float sum, const std::vector<float>& left, const std::vector<float>& right) {
  std::uint16_t a[16][32] = {}, b[16][32] = {};
  for (std::size_t i = 0; i < left.size(); ++i) {
    a[0][i] = c10::BFloat16(left[i]).x;
    b[i / 2][i % 2] = c10::BFloat16(right[i]).x;
  }
  float c[16][16] = {{sum}};
  EmulatedTiles::configure();
  EmulatedTiles::load<0>(c, 64);
  EmulatedTiles::load<1>(a, 64);
  EmulatedTiles::load<2>(b, 64);
  EmulatedTiles::multiply_add<0, 1, 2>();
  EmulatedTiles::store<0>(c, 64);
  EmulatedTiles::release();
  return c[0][0];
}

TEST(EmulatedTiles, SumTheHalvesApart) {
  const float big = 0x1p30F;
  EXPECT_EQ(tile_sum(0, {big, 1, -big, 1}, {1, 1, 1, 1}), 2);
  EXPECT_EQ(tile_sum(0, {big, -big, 1, 1}, {1, 1, 1, 1}), 0) << "1 was lost in either half";
  EXPECT_EQ(tile_sum(big, {1, 1, -big}, {1, 1, 1}), 0) << "1 + 1 - big is -big, then add big";
}

TEST(EmulatedTiles, FlushDenormals) {
  EXPECT_EQ(tile_sum(0, {FLT_MIN / 2}, {16}), 0);
  EXPECT_EQ(tile_sum(0, {FLT_MIN}, {0.5F}), 0);
  EXPECT_EQ(tile_sum(FLT_MIN / 2, {FLT_MIN}, {1}), FLT_MIN);
  EXPECT_EQ(tile_sum(0, {FLT_MIN}, {2}), 2 * FLT_MIN);
}

TEST(EmulatedTiles, StridesAreBytes) {
  std::vector<std::uint32_t> from(16 * 20), to(16 * 18, 0);
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::uint32_t>(i);
  EmulatedTiles::configure();
  EmulatedTiles::load<3>(from.data(), 80);
  EmulatedTiles::store<3>(to.data(), 72);
  EmulatedTiles::release();
  for (std::size_t i = 0; i < to.size(); ++i) {
    EXPECT_EQ(to[i], i % 18 < 16 ? i / 18 * 20 + i % 18 : 0) << i;
  }
}

}  // namespace
}  // namespace r50::nn::test
