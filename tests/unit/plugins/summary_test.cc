#include "train/summary.h"

#include <gtest/gtest.h>

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
  const train::ModelSummary summary = train::summarize(model, facts.channels, facts.image_size);
  EXPECT_EQ(summary.parameters, 25'557'032);
  EXPECT_NEAR(summary.gmac(), 4.09, 0.005);

  std::int64_t parameters = 0;
  for (const train::LayerRow& row : summary.layers) parameters += row.parameters;
  EXPECT_EQ(parameters, summary.parameters);
  EXPECT_EQ(summary.layers.back().output, (std::vector<std::int64_t>{1, 1000}));
}

}  // namespace
}  // namespace r50::test
