#include "nn/held_weights.h"

#include <map>
#include <utility>

#include "r50/layers.h"

namespace r50 {
namespace nn {
namespace {

using Key = std::pair<const void*, at::ScalarType>;

struct Kept {
  int scopes = 0;
  std::map<Key, at::Tensor> casts;
  std::map<Key, FoldedConv> folded;
};

Kept& kept() {
  static thread_local Kept of_this_thread;
  return of_this_thread;
}

Key key_of(const at::Tensor& weight, at::ScalarType type) {
  return {weight.const_data_ptr(), type};
}

}  // namespace

bool weights_held() { return kept().scopes > 0; }

at::Tensor cast_weight(const at::Tensor& weight, at::ScalarType type) {
  if (!weights_held() || weight.scalar_type() == type) return weight.to(type);
  at::Tensor& cast = kept().casts[key_of(weight, type)];
  if (!cast.defined()) cast = weight.detach().to(type);
  return cast;
}

const FoldedConv& folded_conv(const at::Tensor& weight, at::ScalarType type,
                              const std::function<FoldedConv()>& make) {
  const Key key = key_of(weight, type);
  const auto found = kept().folded.find(key);
  if (found != kept().folded.end()) return found->second;
  return kept().folded.emplace(key, make()).first->second;
}

}  // namespace nn

WeightsHeld::WeightsHeld() { ++nn::kept().scopes; }

void WeightsHeld::end() {
  if (!open_) return;
  open_ = false;
  if (--nn::kept().scopes > 0) return;
  nn::kept().casts.clear();
  nn::kept().folded.clear();
}

}  // namespace r50
