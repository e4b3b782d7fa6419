#include "r50/averaging.h"

struct MeddlesConfig {};

// Gives out copies of the plain weights, and pulls these towards zero meanwhile.
class Meddles final : public r50::Averaging {
 public:
  static r50::Schema<MeddlesConfig> schema() {
    return r50::Schema<MeddlesConfig>("Pulls the plain weights towards zero.");
  }
  Meddles(MeddlesConfig, const r50::AveragingFacts& facts) : facts_(facts) {}
  void after_step(const r50::Progress&) override { facts_.model.parameters[0].tensor.mul_(0.99); }
  std::optional<r50::WeightSet> weights() const override {
    r50::WeightSet set{facts_.name, facts_.model, false};
    for (auto& [name, tensor] : set.tensors.parameters) tensor = tensor.detach().clone();
    for (auto& [name, tensor] : set.tensors.buffers) tensor = tensor.clone();
    return set;
  }

 private:
  r50::AveragingFacts facts_;
};

R50_PLUGIN(Meddles, "meddles")
