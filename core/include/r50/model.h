#pragma once

#include "r50/layers.h"
#include "r50/plugin.h"
#include "r50/progress.h"
#include "r50/weights.h"

namespace r50 {

class Model : public Plugin {
 public:
  static constexpr Kind kind = Kind::model;
  using Facts = RunFacts;
  ~Model() override;

  // Logits [N, classes] of images [N, C, H, W]. Every layer is called through the tap, which does
  // nothing else by default.
  virtual at::Tensor forward(const at::Tensor& images, Tap& tap) = 0;

  // Handles, in the order of construction, with torchvision's names.
  virtual ModelTensors tensors() = 0;

  virtual void set_training(bool training) = 0;
};

}  // namespace r50
