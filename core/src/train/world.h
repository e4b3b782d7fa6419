#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace r50::train {

// The processes that train one model together. One process is a world of one.
class World {
 public:
  virtual ~World();
  virtual std::int64_t rank() const = 0;
  virtual std::int64_t size() const = 0;
  virtual void sum(at::Tensor& tensor) = 0;
  virtual void broadcast(at::Tensor& tensor) = 0;  // from rank 0
  // True on every rank if `wish` was true on any. Every decision that ends or changes a step passes
  // through it at a step boundary.
  virtual bool agree(bool wish) = 0;
};

World& single_world();

}  // namespace r50::train
