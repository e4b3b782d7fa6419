#include "nn/kernel_choice.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <string>

#include "nn/weight_gradient.h"
#include "r50/layers.h"

namespace r50::nn::test {
namespace {

TEST(KernelChoice, IsTheProcessorsOwnOrNone) {
  const Processor& has = processor();
  EXPECT_EQ(kernels_for(at::kFloat), has.avx512 ? avx512_kernels_fp32() : nullptr);
  EXPECT_EQ(kernels_for(at::kBFloat16), has.bf16 ? avx512_kernels_bf16() : nullptr);
  EXPECT_EQ(kernels_for(at::kDouble), nullptr);
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16, at::kDouble}) {
    EXPECT_EQ(no_kernels_because(type).empty(), kernels_for(type) != nullptr) << toString(type);
  }
  EXPECT_TRUE(has.avx512 || !has.bf16);
  EXPECT_TRUE(has.tiles || !has_weight_gradient_kernel());
}

// What the emulator of the test older_processor_nn is: whatever was compiled for AVX-512 ends it.
TEST(KernelChoice, WithoutAvx512UnitsTrainOnAten) {
  if (processor().avx512) GTEST_SKIP() << "skipped: this CPU has AVX-512";
  EXPECT_EQ(no_kernels_because(at::kFloat), "this CPU has no AVX-512");
  ModelTensors tensors;
  ConvNorm unit("conv", "norm", {.conv = {.in = 32, .out = 32, .kernel = 3, .padding = 1}},
                tensors);
  const at::Tensor x = at::randn({2, 32, 4, 4}, at::TensorOptions(at::kFloat));
  EXPECT_EQ(unit.on_aten_because(x, {}, at::kFloat), "this CPU has no AVX-512");
  unit.forward(x, x).sum().backward();
  EXPECT_TRUE(tensors.parameters[0].tensor.grad().defined());
}

TEST(KernelChoice, TheNameOfAnIsaSaysWhetherItHasTiles) {
  for (const char* name :
       {"AVX512_CORE_AMX", "avx512_core_amx_fp16", "AVX10_1_512_AMX", "ALL", "default", ""}) {
    EXPECT_TRUE(isa_has_tiles(name)) << name;
  }
  for (const char* name : {"SSE41", "AVX", "avx2", "AVX512_CORE_BF16", "avx512_core_fp16"}) {
    EXPECT_FALSE(isa_has_tiles(name)) << name;
  }
}

}  // namespace
}  // namespace r50::nn::test
