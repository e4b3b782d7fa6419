#include "train/summary.h"

#include <gtest/gtest.h>

#include "nn/kernel_choice.h"
#include "r50/model.h"
#include "support/plugins/plugin_under_test.h"

namespace r50::test {
namespace {

// The figures everybody quotes for ResNet-50 at 224 pixels.
TEST(Summary, OfResNet50) {
  RunFacts facts = some_run();
  facts.classes = 1000;
  facts.image_size = 224;
  const auto model = build<Model>("use = 'resnet'\ndepth = 50", facts);
  const auto summarized = [&] {
    return train::summarize(model, facts.channels, facts.image_size, c10::kFloat);
  };
  const train::ModelSummary summary = summarized();
  EXPECT_EQ(summary.parameters, 25'557'032);
  EXPECT_NEAR(summary.gmac(), 4.09, 0.005);

  std::int64_t parameters = 0;
  for (const train::LayerRow& row : summary.layers) parameters += row.parameters;
  EXPECT_EQ(parameters, summary.parameters);
  EXPECT_EQ(summary.layers.back().output, (std::vector<std::int64_t>{1, 1000}));

  const std::string why = nn::no_kernels_because(c10::kFloat);
  EXPECT_EQ(summary.fast_step(), why.empty() ? "53 of 53 units"
                                             : "0 of 53 units; on libtorch's operators: conv1 (" +
                                                   why + ") and 52 more");
  nn::allow_fast_step(false);
  EXPECT_EQ(summarized().fast_step(),
            "0 of 53 units; on libtorch's operators: conv1 ([run] step is \"aten\") and 52 more");
  nn::allow_fast_step(true);
}

}  // namespace
}  // namespace r50::test
