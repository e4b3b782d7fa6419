#include <ATen/core/Tensor.h>
#include <ATen/ops/_fused_sgd_ops.h>  // the operator alone; with its wrapper 3 s more to compile
#include <r50/archive.h>
#include <r50/optimizer.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

enum class Decay { all, no_norm, no_norm_bias };

struct SgdConfig {
  double momentum = 0.9;
  double dampening = 0;
  double weight_decay = 1e-4;
  bool nesterov = false;
  Decay decay = Decay::all;
};

struct Slot {
  std::string name;
  at::Tensor parameter;
  at::Tensor momentum;  // undefined before the first step that has momentum
};

struct Group {
  double weight_decay = 0;
  std::vector<Slot> slots;
};

// What the kernel takes: lists side by side.
struct Operands {
  std::vector<at::Tensor> parameters, gradients, momenta;
};

// The layers whose weight is a vector are norms: convolutions have 4 dimensions, matrices 2. A rule
// by name would miss the norms of the shortcuts, which torchvision calls "downsample.1".
std::set<std::string> norms_of(const r50::NamedTensors& parameters) {
  std::set<std::string> norms;
  for (const auto& [name, tensor] : parameters) {
    if (name.ends_with(".weight") && tensor.dim() <= 1)
      norms.insert(name.substr(0, name.size() - 7));
  }
  return norms;
}

// The fused kernel walks raw memory and never looks at strides.
bool same_memory_order(const at::Tensor& a, const at::Tensor& b) {
  for (std::int64_t d = 0; d < a.dim(); ++d) {
    if (a.size(d) > 1 && a.stride(d) != b.stride(d)) return false;
  }
  return true;
}

at::Tensor empty_like(const at::Tensor& tensor) {
  return tensor.new_empty_strided(tensor.sizes(), tensor.strides());
}

at::Tensor in_memory_order_of(const at::Tensor& parameter, const at::Tensor& values) {
  return same_memory_order(parameter, values) ? values : empty_like(parameter).copy_(values);
}

// torch.optim.SGD, bit for bit: the kernel is torch's own.
class Sgd final : public r50::Optimizer {
 public:
  static r50::Schema<SgdConfig> schema() {
    return r50::Schema<SgdConfig>("Stochastic gradient descent with momentum.")
        .field("momentum", &SgdConfig::momentum, "used where the scheduler gives none",
               r50::from_below(0, 1))
        .field("dampening", &SgdConfig::dampening,
               "how much a gradient is weakened on entering "
               "the momentum",
               r50::in(0, 1))
        .field("weight_decay", &SgdConfig::weight_decay, "pull of the weights towards zero",
               r50::at_least(0))
        .field("nesterov", &SgdConfig::nesterov, "look one step of the momentum ahead")
        .choice("decay", &SgdConfig::decay,
                "which parameters decay: all, all but the norms', or neither the norms' nor biases",
                {{"all", Decay::all},
                 {"no_norm", Decay::no_norm},
                 {"no_norm_bias", Decay::no_norm_bias}})
        .check([](const SgdConfig& config, r50::Checks& checks) {
          if (config.nesterov && (config.momentum == 0 || config.dampening != 0)) {
            checks.wrong("nesterov", "Nesterov's method needs a momentum and no dampening");
          }
        });
  }

  Sgd(SgdConfig config, const r50::OptimizerFacts& facts) : config_(config) {
    const std::set<std::string> norms = norms_of(facts.parameters);
    groups_ = {{.weight_decay = config.weight_decay, .slots = {}},
               {.weight_decay = 0, .slots = {}}};
    for (const auto& [name, tensor] : facts.parameters) {
      if (tensor.scalar_type() != at::kFloat) {
        // On the CPU, the kernel leaves 16-bit parameters as they are without a word.
        throw r50::Error("The parameter '" + name +
                         "' is not fp32. sgd needs fp32 parameters; "
                         "choose lower precision by [run] precision, which keeps them.");
      }
      const bool of_norm = norms.contains(name.substr(0, name.rfind('.')));
      const bool spared = config.decay == Decay::no_norm        ? of_norm
                          : config.decay == Decay::no_norm_bias ? tensor.dim() <= 1
                                                                : false;
      groups_[spared ? 1 : 0].slots.push_back({name, tensor, {}});
    }
  }

  void step(const r50::Rates& rates, r50::Gradients&) override {
    const double momentum = rates.momentum.value_or(config_.momentum);
    for (Group& group : groups_) update(group, rates.lr, momentum);
  }

  double momentum() const override { return config_.momentum; }

  void save(r50::Archive& archive) const override {
    r50::Archive& momenta = archive.child("momentum_buffer");
    for (const Group& group : groups_) {
      for (const Slot& slot : group.slots) {
        if (slot.momentum.defined()) momenta.put(slot.name, slot.momentum);
      }
    }
  }

  void load(const r50::Archive& archive) override {
    const r50::Archive& momenta = archive.child("momentum_buffer");
    for (Group& group : groups_) {
      for (Slot& slot : group.slots) {
        slot.momentum.reset();
        if (!momenta.has(slot.name)) continue;
        const at::Tensor& saved = momenta.tensor(slot.name);
        if (saved.sizes() != slot.parameter.sizes()) {
          throw r50::Error("The saved momentum of '" + slot.name +
                           "' has another shape than the parameter.");
        }
        slot.momentum = empty_like(slot.parameter).copy_(saved);
      }
    }
  }

 private:
  void update(Group& group, double lr, double momentum) const {
    Operands first, later;  // a gradient without a past becomes the momentum as it is
    for (Slot& slot : group.slots) {
      const at::Tensor& gradient = slot.parameter.grad();
      if (!gradient.defined()) continue;
      const bool begins = momentum != 0 && !slot.momentum.defined();
      if (begins) slot.momentum = empty_like(slot.parameter);
      Operands& operands = begins ? first : later;
      operands.parameters.push_back(slot.parameter);
      operands.gradients.push_back(in_memory_order_of(slot.parameter, gradient));
      if (momentum != 0) operands.momenta.push_back(slot.momentum);
    }
    for (const bool begins : {true, false}) {
      const Operands& operands = begins ? first : later;
      if (operands.parameters.empty()) continue;
      at::_ops::_fused_sgd_::call(operands.parameters, operands.gradients, operands.momenta,
                                  group.weight_decay, momentum, lr, config_.dampening,
                                  config_.nesterov, /*maximize=*/false, begins,
                                  /*grad_scale=*/{}, /*found_inf=*/{});
    }
  }

  SgdConfig config_;
  std::vector<Group> groups_;
};

}  // namespace

R50_PLUGIN(Sgd, "sgd")
