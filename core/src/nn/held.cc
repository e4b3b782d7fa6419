#include "nn/held.h"

#include <map>
#include <utility>

#include "r50/layers.h"

namespace r50 {
namespace nn {
namespace {

thread_local bool statistics_are_held = false;

using Key = std::pair<const void*, at::ScalarType>;

struct Derived {
  int scopes = 0;
  std::map<Key, at::Tensor> casts;
  std::map<Key, FoldedConv> folded;
};

Derived& derived_here() {
  static thread_local Derived of_this_thread;
  return of_this_thread;
}

Key key_of(const at::Tensor& weight, at::ScalarType type) {
  return {weight.const_data_ptr(), type};
}

}  // namespace

bool statistics_held() { return statistics_are_held; }
bool weights_held() { return derived_here().scopes > 0; }

at::Tensor cast_weight(const at::Tensor& weight, at::ScalarType type) {
  if (!weights_held() || weight.scalar_type() == type) return weight.to(type);
  at::Tensor& cast = derived_here().casts[key_of(weight, type)];
  if (!cast.defined()) cast = weight.detach().to(type);
  return cast;
}

const FoldedConv& folded_conv(const at::Tensor& weight, at::ScalarType type,
                              const std::function<FoldedConv()>& make) {
  const Key key = key_of(weight, type);
  const auto found = derived_here().folded.find(key);
  if (found != derived_here().folded.end()) return found->second;
  return derived_here().folded.emplace(key, make()).first->second;
}

}  // namespace nn

StatisticsHeld::StatisticsHeld() : before_(nn::statistics_are_held) {
  nn::statistics_are_held = true;
}
StatisticsHeld::~StatisticsHeld() { nn::statistics_are_held = before_; }

WeightsHeld::WeightsHeld() { ++nn::derived_here().scopes; }

void WeightsHeld::end() {
  if (!open_) return;
  open_ = false;
  if (--nn::derived_here().scopes > 0) return;
  nn::derived_here().casts.clear();
  nn::derived_here().folded.clear();
}

}  // namespace r50
