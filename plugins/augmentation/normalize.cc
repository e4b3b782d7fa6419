#include <ATen/ops/empty.h>

#include "r50/augmentation.h"

namespace {

struct NormalizeConfig {
  std::vector<double> mean;
  std::vector<double> std;
};

at::Tensor per_channel(const std::vector<double>& values) {
  at::Tensor tensor = at::empty({1, static_cast<std::int64_t>(values.size()), 1, 1}, at::kFloat);
  for (std::size_t i = 0; i < values.size(); ++i) {
    tensor.mutable_data_ptr<float>()[i] = static_cast<float>(values[i]);
  }
  return tensor;
}

// The operations of torchvision's ToTensor and Normalize, in their order: the same floats.
class Normalize final : public r50::BatchStage {
 public:
  static r50::Schema<NormalizeConfig> schema() {
    return r50::Schema<NormalizeConfig>("8-bit images to floats: (x / 255 - mean) / std.")
        .field("mean", &NormalizeConfig::mean,
               "of each channel, in 0..1; if empty, the data set's own", r50::in(0, 1))
        .field("std", &NormalizeConfig::std,
               "of each channel, in 0..1; if empty, the data set's own",
               r50::Limits{.min = 0, .max = 1, .above_min = true})
        .check([](const NormalizeConfig& config, r50::Checks& checks) {
          for (const auto& [key, list] : {std::pair("mean", config.mean), {"std", config.std}}) {
            if (!list.empty() && list.size() != 3) {
              checks.wrong(key, "needs one number for each of the three channels");
            }
          }
        });
  }

  Normalize(const NormalizeConfig& config, const r50::RunFacts& facts)
      : mean_(per_channel(config.mean.empty() ? facts.mean : config.mean)),
        std_(per_channel(config.std.empty() ? facts.std : config.std)) {}

  void apply(r50::MicroBatch& micro_batch, r50::Random&) const override {
    if (micro_batch.images.is_floating_point()) {
      throw r50::Error("The images have been normalised already. List normalize once.");
    }
    const at::Device device = micro_batch.images.device();
    micro_batch.images =
        micro_batch.images.to(at::kFloat).div_(255).sub_(mean_.to(device)).div_(std_.to(device));
  }

 private:
  at::Tensor mean_, std_;
};

}  // namespace

R50_PLUGIN(Normalize, "normalize")
