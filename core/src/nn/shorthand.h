#pragma once

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>

namespace r50::nn {

inline constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

// Height and width alike, as libtorch's convolutions want it.
inline std::array<std::int64_t, 2> both(std::int64_t number) { return {number, number}; }

}  // namespace r50::nn
