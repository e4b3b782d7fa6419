#include "machine/kept_memory.h"

#include <ATen/ops/empty.h>
#include <c10/core/Allocator.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace r50::machine {
namespace {

using testing::HasSubstr;

constexpr std::int64_t mebibyte = 1 << 20;

at::Tensor bytes(std::int64_t count) { return at::empty({count}, at::kByte); }

// The allocator is the whole process's, and tensors of before it must outlive the change.
TEST(KeptMemory, LargeTensorsGetTheirPlaceAgainAndOthersAreLeftAlone) {
  at::Tensor before = bytes(4 * mebibyte);
  EXPECT_EQ(tensor_memory_text(), "");
  keep_tensor_memory(std::uint64_t{1} << 30);
  before.reset();

  at::Tensor small = bytes(100);
  at::Tensor large = bytes(4 * mebibyte).fill_(7);
  const void* const place = large.const_data_ptr();
  at::Tensor next = bytes(4 * mebibyte);
  EXPECT_NE(next.const_data_ptr(), place);
  large.reset();
  EXPECT_EQ(bytes(4 * mebibyte).const_data_ptr(), place);
  EXPECT_THAT(tensor_memory_text(), HasSubstr("0.01 GiB at most"));

  // What libtorch takes without a tensor, of either size.
  auto* allocator = c10::GetAllocator(c10::DeviceType::CPU);
  for (const std::size_t size : {std::size_t{64}, std::size_t{4} << 20}) {
    allocator->raw_deallocate(allocator->raw_allocate(size));
  }
  trim_tensor_memory();
  EXPECT_TRUE(small.defined());
}

}  // namespace
}  // namespace r50::machine
