#include "base/gpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace r50::base {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(GpuNames, ComeFromTheDriver) {
  EXPECT_THAT(gpu_names(R50_BINARY_DIR "/lib/libplayed_gpu_driver.so"),
              ElementsAre("NVIDIA Made Up 9000"))
      << "the second GPU does not answer, which makes the first no worse";
}

TEST(GpuNames, AreNoneWithoutADriver) {
  EXPECT_THAT(gpu_names("libthere_is_no_such_driver.so.1"), IsEmpty());
  EXPECT_THAT(gpu_names("libm.so.6"), IsEmpty()) << "a library without the driver's functions";
}

}  // namespace
}  // namespace r50::base
