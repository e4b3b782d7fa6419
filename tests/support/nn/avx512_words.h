#pragma once

#include "nn/weight_gradient_kernel.h"

namespace r50::nn::test {

// The kernel of AMX with its real packing, but on emulated tiles: most machines with AVX-512 have
// no AMX. Null if the compiler cannot do so; whether the processor has AVX-512 F, the caller knows.
const WeightGradientKernel* kernel_with_avx512_words();

}  // namespace r50::nn::test
