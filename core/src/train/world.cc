#include "train/world.h"

namespace r50::train {

World::~World() = default;

namespace {

class SingleWorld final : public World {
 public:
  std::int64_t rank() const override { return 0; }
  std::int64_t size() const override { return 1; }
  void sum(at::Tensor&) override {}
  void broadcast(at::Tensor&) override {}
  bool agree(bool wish) override { return wish; }
};

}  // namespace

World& single_world() {
  static SingleWorld world;
  return world;
}

}  // namespace r50::train
