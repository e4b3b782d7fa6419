#include "probe/profile.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <tuple>

#include "base/clock.h"
#include "train/feed.h"
#include "train/forward.h"
#include "train/summary.h"
#include "train/world.h"

namespace r50::probe {
namespace {

const char* text_of(nn::ProductPath path) {
  constexpr const char* names[] = {"aten", "rows", "columns", "tiles"};
  return names[static_cast<int>(path)];
}

const char* text_of(nn::ProductPass pass) {
  constexpr const char* names[] = {"forward", "input_gradient", "weight_gradient"};
  return names[static_cast<int>(pass)];
}

constexpr nn::ProductPass passes[] = {nn::ProductPass::forward, nn::ProductPass::input_gradient,
                                      nn::ProductPass::weight_gradient};

// What a unit's kernels would see of x; nothing if the unit is on libtorch's operators.
std::optional<nn::ConvShape> fast_shape(const Layer& layer, const at::Tensor& x,
                                        const at::Tensor& residual, c10::ScalarType type) {
  const auto* unit = dynamic_cast<const ConvNorm*>(&layer);
  if (!unit || !unit->on_aten_because(x, residual, type).empty()) return std::nullopt;
  nn::ConvShape shape(unit->options().conv, x);
  shape.type = type;
  return shape;
}

class WatchingTap final : public Tap {
 public:
  explicit WatchingTap(c10::ScalarType type) : type_(type) {}

  at::Tensor operator()(std::string_view name, Layer& layer, const at::Tensor& x,
                        const at::Tensor& residual) override {
    const double begin = base::real_clock().seconds();
    at::Tensor y = layer.forward(x, residual);
    const double spent = base::real_clock().seconds() - begin;
    if (next_ == layers.size()) {
      layers.push_back(
          {std::string(name), layer.describe(), "", spent, layer.multiply_adds(x.sizes())});
      if (const auto shape = fast_shape(layer, x, residual, type_)) add(*shape);
    }
    LayerTime& row = layers[next_++];
    row.forward = std::min(row.forward, spent);
    return y;
  }

  void begin_round() { next_ = 0; }

  std::vector<LayerTime> layers;
  std::vector<nn::ConvShape> shapes;

 private:
  void add(const nn::ConvShape& shape) {
    shapes.push_back(shape);
    std::string& text = layers.back().paths;
    for (const nn::ProductPass pass : passes) {
      text += (text.empty() ? "" : ", ") + std::string(text_of(nn::conv_path(shape, pass)));
    }
  }

  c10::ScalarType type_;
  std::size_t next_ = 0;
};

class Rounds {
 public:
  Rounds(assemble::Assembly& assembly, WatchingTap& tap)
      : assembly_(assembly),
        tap_(tap),
        device_(assembly.settings.device),
        feed_(*assembly.parts.train, assembly.parts.train_stages, train::PassKind::training,
              assembly.settings.facts.seed, train::single_world(), device_) {
    feed_.seek(0, 0);
    if (!feed_.next(micro_batch_, 0)) throw Error("There are no training images.");
    const at::Tensor images = micro_batch_.images.clone();
    micro_batch_.images = images;
  }

  void watch_forward() {
    tap_.begin_round();
    const train::Autocast autocast(assembly_.settings.precision, device_);
    assembly_.parts.model.call([&](Model& model) { model.forward(micro_batch_.images, tap_); });
  }

  // As in training: a tap that watches would part what forks join.
  void forward_backward(StepProfile& profile) {
    const train::TrainParts& parts = assembly_.parts;
    Tap bare;
    const double begin = base::real_clock().seconds();
    at::Tensor logits;
    {
      const train::Autocast autocast(assembly_.settings.precision, device_);
      logits =
          parts.model.call([&](Model& model) { return model.forward(micro_batch_.images, bare); });
    }
    const double middle = base::real_clock().seconds();
    const at::Tensor loss = parts.loss.call(
        [&](Loss& held) { return held.value(logits.to(at::kFloat), micro_batch_.targets); });
    loss.backward();
    const double end = base::real_clock().seconds();
    for (const auto& [name, parameter] :
         parts.model.call([](Model& m) { return m.tensors(); }).parameters) {
      parameter.mutable_grad().reset();
    }
    profile.images = micro_batch_.size();
    profile.forward = std::min(profile.forward, middle - begin);
    profile.backward = std::min(profile.backward, end - middle);
  }

 private:
  assemble::Assembly& assembly_;
  WatchingTap& tap_;
  c10::Device device_;
  train::Feed feed_;
  MicroBatch micro_batch_;
};

}  // namespace

StepProfile profile_step(assemble::Assembly& assembly, int rounds) {
  const c10::ScalarType type = train::number_type(assembly.settings.precision);
  const RunFacts& facts = assembly.settings.facts;
  WatchingTap tap(type);
  StepProfile profile;
  profile.forward = profile.backward = 1e300;
  profile.fast_step =
      train::summarize(assembly.parts.model, facts.channels, facts.image_size, type).fast_step();
  Rounds work(assembly, tap);
  for (int i = 0; i <= rounds; ++i) {
    work.watch_forward();
    work.forward_backward(profile);
  }
  profile.layers = std::move(tap.layers);
  return profile;
}

std::vector<nn::PathRule> tune_convolutions(assemble::Assembly& assembly, int rounds) {
  const c10::ScalarType type = train::number_type(assembly.settings.precision);
  WatchingTap tap(type);
  Rounds(assembly, tap).watch_forward();
  std::map<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::int64_t>,
           nn::ConvShape>
      distinct;
  for (const nn::ConvShape& shape : tap.shapes) {
    distinct.insert({{shape.kernel, shape.stride, shape.in, shape.out, shape.out_pixels()}, shape});
  }
  std::vector<nn::PathRule> rules;
  for (const auto& [key, shape] : distinct) {
    const std::vector<nn::PathTime> times = nn::time_paths(shape, rounds);
    for (const nn::ProductPass pass : passes) {
      const nn::PathTime* best = nullptr;
      for (const nn::PathTime& time : times) {
        if (time.pass == pass && (!best || time.seconds < best->seconds)) best = &time;
      }
      if (!best) continue;
      rules.push_back({pass, type, shape.kernel, shape.stride, shape.in, shape.out,
                       shape.out_pixels(), shape.out_pixels(), at::get_num_threads(), best->path});
    }
  }
  return rules;
}

std::string conv_rules_toml(const std::vector<nn::PathRule>& rules, const std::string& machine) {
  std::ostringstream out;
  out << "# The fastest way of each convolution, measured by r50run profile --tune on " << machine
      << ".\n# Name this file in an experiment's `extends`; the rules then count in its ID.\n";
  for (const nn::PathRule& rule : rules) {
    out << "\n[[run.conv]]\npass = \"" << text_of(rule.pass) << "\"\ntype = \""
        << (rule.type == c10::kFloat ? "fp32" : "bf16") << "\"\nkernel = " << rule.kernel
        << "\nstride = " << rule.stride << "\nin = " << rule.in << "\nout = " << rule.out
        << "\nleast_pixels = " << rule.least_pixels << "\nmost_pixels = " << rule.most_pixels
        << "\nthreads = " << rule.threads << "\npath = \"" << text_of(rule.path) << "\"\n";
  }
  return out.str();
}

}  // namespace r50::probe
