#include "nn/kernels.h"

#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "nn/kernel_choice.h"
#include "support/nn/guarded.h"

namespace r50::nn::test {
namespace {

std::uint16_t rounded(float number) {
  return c10::BFloat16(number).x;  // torch's own rounding
}
float widened(std::uint16_t value) { return c10::BFloat16(value, c10::BFloat16::from_bits()); }

struct Bf16 {
  using Value = std::uint16_t;
  static constexpr at::ScalarType type = at::kBFloat16;
  static Value from(float number) { return rounded(number); }
  static float to(Value value) { return widened(value); }
  static const Kernels& plain() { return plain_kernels_bf16(); }
};

struct Fp32 {
  using Value = float;
  static constexpr at::ScalarType type = at::kFloat;
  static Value from(float number) { return number; }
  static float to(Value value) { return value; }
  static const Kernels& plain() { return plain_kernels_fp32(); }
};

// Each kernel of this machine beside the plain one, at the end of its memory, on all channel counts
// and numbers of rows that take another way through its loops.
template <class Type>
class KernelsTest : public testing::Test {
 protected:
  using Value = typename Type::Value;

  void SetUp() override {
    wide_ = kernels_for(Type::type);
    if (!wide_) GTEST_SKIP() << "skipped: " << no_kernels_because(Type::type);
  }

  Guarded<Value> values(std::int64_t count, float mean = 0) {
    Guarded<Value> some(static_cast<std::size_t>(count));
    for (Value& value : some) value = Type::from(mean + normal_(random_));
    return some;
  }
  Guarded<float> floats(std::int64_t count, float mean = 0) {
    Guarded<float> some(static_cast<std::size_t>(count));
    for (float& value : some) value = mean + normal_(random_);
    return some;
  }
  template <class Work>
  std::vector<double> sums(std::int64_t channels, const Work& work) {
    std::vector<float> room(static_cast<std::size_t>(2 * channels + 16), NAN);
    auto* scratch =
        reinterpret_cast<float*>((reinterpret_cast<std::uintptr_t>(room.data()) + 63) / 64 * 64);
    std::vector<double> result(static_cast<std::size_t>(2 * channels), 0);
    work(scratch, result.data());
    return result;
  }

  const Kernels* wide_ = nullptr;
  const Kernels& plain_ = Type::plain();
  std::mt19937 random_{7};
  std::normal_distribution<float> normal_;
};

using Types = testing::Types<Bf16, Fp32>;
TYPED_TEST_SUITE(KernelsTest, Types);

template <class Value>
void expect_same(const Guarded<Value>& one, const Guarded<Value>& other) {
  ASSERT_EQ(one.size(), other.size());
  EXPECT_EQ(std::memcmp(one.data(), other.data(), one.size() * sizeof(Value)), 0);
}

// `size` is what the terms of the sum are like: cancellation may leave little of them.
void expect_near(const std::vector<double>& one, const std::vector<double>& other, double size) {
  for (std::size_t i = 0; i < one.size(); ++i) {
    ASSERT_NEAR(one[i], other[i], 1e-5 * (size + std::abs(other[i]))) << "sum " << i;
  }
}

const std::vector<std::pair<std::int64_t, std::int64_t>> all_sizes = {
    {1, 32}, {3, 32}, {4, 96}, {7, 64}, {300, 64}, {1030, 32}, {9, 2048}};

TYPED_TEST(KernelsTest, Statistics) {
  for (const auto& [rows, channels] : all_sizes) {
    for (const float mean : {0.0F, 1000.0F}) {
      const auto y = this->values(rows * channels, mean);
      const auto about = this->floats(channels, mean);
      const Rows part{rows / 3, rows};
      const auto run = [&](const Kernels& kernels) {
        return this->sums(channels, [&](float* scratch, double* sums) {
          kernels.statistics(y.data(), about.data(), channels, part, scratch, sums);
        });
      };
      expect_near(run(*this->wide_), run(this->plain_), static_cast<double>(rows));
    }
  }
}

TYPED_TEST(KernelsTest, Normalise) {
  using Number = typename TypeParam::Value;
  for (const auto& [rows, channels] : all_sizes) {
    const std::int64_t count = rows * channels;
    auto y = this->values(count);
    y[0] = TypeParam::from(NAN);
    y[1] = TypeParam::from(INFINITY);
    const auto residual = this->values(count);
    const auto scale = this->floats(channels), shift = this->floats(channels);
    for (int way = 0; way < 8; ++way) {
      const auto run = [&](const Kernels& kernels, Guarded<Number>& z,
                           Guarded<std::uint16_t>& mask) {
        kernels.normalise(
            {y.data(), way & 1 ? residual.data() : nullptr, z.data(),
             way & 2 ? mask.data() : nullptr, scale.data(), shift.data(), channels, (way & 4) != 0},
            {0, rows});
      };
      Guarded<Number> z(y.size()), expected(y.size());
      Guarded<std::uint16_t> mask(y.size() / 16), expected_mask(y.size() / 16);
      run(*this->wide_, z, mask);
      run(this->plain_, expected, expected_mask);
      EXPECT_TRUE(std::isnan(TypeParam::to(z[0]))) << "a NaN was clipped away";
      z[0] = expected[0];  // its bits are free
      expect_same(z, expected);
      expect_same(mask, expected_mask);
    }
  }
}

TYPED_TEST(KernelsTest, NormaliseInPlace) {
  auto y = this->values(5 * 64);
  const auto scale = this->floats(64), shift = this->floats(64);
  auto z = this->values(5 * 64);
  this->plain_.normalise(
      {y.data(), nullptr, z.data(), nullptr, scale.data(), shift.data(), 64, true}, {0, 5});
  this->wide_->normalise(
      {y.data(), nullptr, y.data(), nullptr, scale.data(), shift.data(), 64, true}, {0, 5});
  expect_same(y, z);
}

TYPED_TEST(KernelsTest, GradientSums) {
  using Number = typename TypeParam::Value;
  for (const auto& [rows, channels] : all_sizes) {
    const std::int64_t count = rows * channels;
    const auto g = this->values(count), other = this->values(count), y = this->values(count, 3);
    const auto scale = this->floats(channels), shift = this->floats(channels);
    const auto mean = this->floats(channels, 3);
    Guarded<std::uint16_t> mask(static_cast<std::size_t>(count / 16));
    for (std::uint16_t& bits : mask) bits = static_cast<std::uint16_t>(this->random_());
    for (const Gate gate : {Gate::none, Gate::from_y, Gate::bits}) {
      for (int way = 0; way < 4; ++way) {
        const auto run = [&](const Kernels& kernels, Guarded<Number>& gated) {
          return this->sums(channels, [&](float* scratch, double* sums) {
            kernels.gradient_sums({g.data(), way & 1 ? other.data() : nullptr, y.data(),
                                   mask.data(), way & 2 ? gated.data() : nullptr, scale.data(),
                                   shift.data(), mean.data(), channels, gate},
                                  {0, rows}, scratch, sums);
          });
        };
        Guarded<Number> gated(y.size()), expected(y.size());
        const auto got = run(*this->wide_, gated);
        expect_near(got, run(this->plain_, expected), static_cast<double>(rows));
        expect_same(gated, expected);
      }
    }
  }
}

TYPED_TEST(KernelsTest, Gradient) {
  using Number = typename TypeParam::Value;
  for (const auto& [rows, channels] : all_sizes) {
    const std::int64_t count = rows * channels;
    auto g = this->values(count);
    const auto y = this->values(count);
    const auto scale = this->floats(channels), shift = this->floats(channels);
    const auto by_y = this->floats(channels), constant = this->floats(channels);
    for (const Gate gate : {Gate::none, Gate::from_y}) {
      Guarded<Number> dy(y.size()), expected(y.size());
      const auto run = [&](const Kernels& kernels, void* to) {
        kernels.gradient({g.data(), y.data(), to, scale.data(), shift.data(), by_y.data(),
                          constant.data(), channels, gate},
                         {0, rows});
      };
      run(this->plain_, expected.data());
      run(*this->wide_, dy.data());
      expect_same(dy, expected);
      run(*this->wide_, g.data());
      expect_same(g, expected);
      g = this->values(count);
    }
  }
}

TYPED_TEST(KernelsTest, PoolThereAndBack) {
  using Number = typename TypeParam::Value;
  for (const auto& [images, height, width, channels] : std::vector<std::tuple<int, int, int, int>>{
           {1, 1, 1, 32}, {2, 2, 3, 32}, {1, 7, 6, 64}, {2, 13, 8, 96}}) {
    const PoolShape shape{height, width, (height - 1) / 2 + 1, (width - 1) / 2 + 1, channels};
    const std::int64_t before = std::int64_t{images} * height * width * channels;
    const std::int64_t rows = images * shape.out_height;
    const std::int64_t after = rows * shape.out_width * channels;
    auto y = this->values(before);
    y[0] = TypeParam::from(NAN);
    const auto scale = this->floats(channels), shift = this->floats(channels);
    const auto pool = [&](const Kernels& kernels, Guarded<Number>& z, std::uint8_t* winner) {
      kernels.normalise_pool({y.data(), z.data(), winner, scale.data(), shift.data(), shape},
                             {0, rows});
    };
    Guarded<Number> z(static_cast<std::size_t>(after)), expected(z.size()), without(z.size());
    Guarded<std::uint8_t> winner(z.size()), expected_winner(z.size());
    pool(*this->wide_, z, winner.data());
    pool(this->plain_, expected, expected_winner.data());
    pool(*this->wide_, without, nullptr);
    EXPECT_TRUE(std::isnan(TypeParam::to(z[0]))) << "a NaN lost against a number";
    z[0] = expected[0] = without[0];
    expect_same(z, expected);
    expect_same(z, without);
    expect_same(winner, expected_winner);

    y[0] = TypeParam::from(0);
    const auto g = this->values(after), other = this->values(after);
    const auto mean = this->floats(channels);
    for (const Number* second : {static_cast<const Number*>(nullptr), other.data()}) {
      Guarded<Number> spread(y.size()), expected_spread(y.size());
      const auto back = [&](const Kernels& kernels, Guarded<Number>& to) {
        return this->sums(channels, [&](float* scratch, double* sums) {
          kernels.pool_gradient_sums(
              {g.data(), second, y.data(), winner.data(), to.data(), mean.data(), shape},
              {0, std::int64_t{images} * height}, scratch, sums);
        });
      };
      const auto got = back(*this->wide_, spread);
      expect_near(got, back(this->plain_, expected_spread), static_cast<double>(after / channels));
      expect_same(spread, expected_spread);
    }
  }
}

TYPED_TEST(KernelsTest, SumColumns) {
  using Number = typename TypeParam::Value;
  for (const std::int64_t stride : {1, 2}) {
    for (const std::int64_t side : {1, 2, 5, 8}) {
      const std::int64_t out = (side - 1) / stride + 1, channels = 64, images = 2;
      const auto columns = this->values(images * out * out * 9 * channels);
      const Columns shape{side, side, out, out, channels, stride};
      Guarded<Number> image(static_cast<std::size_t>(images * side * side * channels));
      Guarded<Number> expected(image.size());
      const Rows all{0, images * side * side};
      this->wide_->sum_columns(columns.data(), image.data(), shape, all);
      this->plain_.sum_columns(columns.data(), expected.data(), shape, all);
      expect_same(image, expected);
    }
  }
}

}  // namespace
}  // namespace r50::nn::test
