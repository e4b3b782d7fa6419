#pragma once

// The layers models are built of. A model calls each through its Tap:
//   x = tap("layer1.0.conv1", conv1_, x);
// Parameters have torchvision's names and shapes, fp32 masters in channels-last memory, and the
// initial values that torch's modules of that kind draw from torch's default generator. The work
// inside a unit may be done by other kernels than ATen's; what it computes does not depend on that.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "r50/weights.h"

namespace r50 {

// One value that goes two ways, such as into a block and around it. A layer that gives both ways
// itself adds their two gradients while it reads them; else the sum is a pass of its own.
struct Fork {
  at::Tensor main, shortcut;
};

class Layer {
 public:
  Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  virtual ~Layer();

  // `residual` is added before the activation by the layers that can; others refuse it.
  virtual at::Tensor forward(const at::Tensor& x, const at::Tensor& residual) = 0;
  virtual Fork fork(const at::Tensor& x, const at::Tensor& residual);
  virtual void set_training(bool) {}
  // What it is and costs, for summaries: "conv 3x3/2 64->128", multiply-adds for that input.
  virtual std::string describe() const = 0;
  virtual std::int64_t multiply_adds(at::IntArrayRef input) const { return 0 * input.size(); }
};

// Stands between a model and its layers: summary, per-layer profile, Grad-CAM and recomputation are
// Taps. The default calls the layer.
class Tap {
 public:
  virtual ~Tap();
  virtual at::Tensor operator()(std::string_view name, Layer& layer, const at::Tensor& x,
                                const at::Tensor& residual = {});
  // For an output that is used twice. A Tap that watches sees one tensor.
  Fork fork(std::string_view name, Layer& layer, const at::Tensor& x,
            const at::Tensor& residual = {});
};

// While it lives, norms in training normalise by their batch but leave the running statistics
// alone: for code that sends the same batch through a second time. Of the calling thread.
class StatisticsHeld {
 public:
  StatisticsHeld();
  ~StatisticsHeld();
  StatisticsHeld(const StatisticsHeld&) = delete;
  StatisticsHeld& operator=(const StatisticsHeld&) = delete;

 private:
  bool before_;
};

// While one is open on the calling thread, no weight changes, nor the running statistics of a unit
// in evaluation: what units derive from them (casts, norms folded into weights) is made once and
// kept until the outermost scope ends. Tensors swapped in under other memory are other weights.
class WeightsHeld {
 public:
  WeightsHeld();
  ~WeightsHeld() { end(); }
  WeightsHeld(const WeightsHeld&) = delete;
  WeightsHeld& operator=(const WeightsHeld&) = delete;
  void end();  // before its time

 private:
  bool open_ = true;
};

struct ConvOptions {
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
  std::int64_t padding = 0;
  std::int64_t groups = 1;
};

// Convolution without bias. Starts as torch's Conv2d does (Kaiming-uniform over fan-in); most
// models end their construction with kaiming_normal().
class Conv final : public Layer {
 public:
  Conv(std::string name, ConvOptions options, ModelTensors& tensors);
  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual) override;
  std::string describe() const override;
  std::int64_t multiply_adds(at::IntArrayRef input) const override;
  const ConvOptions& options() const { return options_; }
  const at::Tensor& weight() const { return weight_; }

 private:
  ConvOptions options_;
  at::Tensor weight_;
};

// Draws the weights of every convolution again, in the order of `parameters`: Kaiming-normal over
// fan-out for ReLU. Called by a model once all its layers are built, as torchvision's ResNet does;
// so the same seed gives the same network, bit for bit.
void kaiming_normal(NamedTensors& parameters);

// Batch norm over N, H, W; momentum 0.1, eps 1e-5.
class Norm final : public Layer {
 public:
  Norm(std::string name, std::int64_t channels, ModelTensors& tensors);
  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual) override;
  void set_training(bool training) override { training_ = training; }
  std::string describe() const override;
  void zero_gain();  // "zero-init residual": the block starts as the identity

 private:
  friend class ConvNorm;
  // At the start of each batch in training.
  void count_batch(std::int64_t values_a_channel);

  std::string name_;
  bool training_ = true;
  at::Tensor weight_, bias_, running_mean_, running_var_, batches_;
};

enum class Act { none, relu };

struct ConvNormOptions {
  ConvOptions conv;
  Act act = Act::relu;
  bool pool = false;  // 3x3 max pooling, stride 2, after the activation (the ImageNet stem)
};

// Convolution, norm, optional residual, activation, optional pool: the unit that faster kernels
// take over as a whole, where the machine and the unit's shape allow it.
class ConvNorm final : public Layer {
 public:
  // Registers `conv`.weight and `norm`.{weight,...} in the order of torchvision's modules.
  ConvNorm(std::string conv, std::string norm, ConvNormOptions options, ModelTensors& tensors);
  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual) override;
  Fork fork(const at::Tensor& x, const at::Tensor& residual) override;
  void set_training(bool training) override { norm_.set_training(training); }
  std::string describe() const override;
  std::int64_t multiply_adds(at::IntArrayRef input) const override;
  Norm& norm() { return norm_; }
  const ConvNormOptions& options() const { return options_; }
  // Why ATen's operators and not r50's kernels train this unit on such inputs, with activations of
  // that type; empty if the kernels do.
  std::string on_aten_because(const at::Tensor& x, const at::Tensor& residual,
                              c10::ScalarType type) const;

 private:
  at::Tensor with_aten(const at::Tensor& x, const at::Tensor& residual);
  Fork run(const at::Tensor& x, const at::Tensor& residual, bool forked);

  Conv conv_;
  Norm norm_;
  ConvNormOptions options_;
};

// Mean over height and width, then a matrix with bias: the classifier.
class PoolLinear final : public Layer {
 public:
  PoolLinear(std::string name, std::int64_t in, std::int64_t out, ModelTensors& tensors);
  at::Tensor forward(const at::Tensor& x, const at::Tensor& residual) override;
  std::string describe() const override;
  std::int64_t multiply_adds(at::IntArrayRef input) const override;

 private:
  std::int64_t in_, out_;
  at::Tensor weight_, bias_;
};

}  // namespace r50
