#include "sweep/stop/stopper.h"

#include <algorithm>

namespace r50::sweep {
namespace {

class NoStopping final : public Stopper {
 public:
  explicit NoStopping(std::int64_t epochs) : epochs_(epochs) {}

  std::int64_t first_until(std::int64_t) const override { return epochs_; }
  std::optional<Promotion> promote(const std::vector<Contender>&) const override {
    return std::nullopt;
  }
  bool ends(const Contender&, const std::vector<Contender>&) const override { return false; }
  std::vector<std::int64_t> hopeless(const std::vector<Contender>&, std::int64_t) const override {
    return {};
  }

 private:
  std::int64_t epochs_;
};

}  // namespace

Stopper::~Stopper() = default;

std::int64_t Stopper::rung_at(std::int64_t, std::int64_t) const { return 0; }

std::optional<Stopper::Promotion> Stopper::promote_at_end(const std::vector<Contender>&) const {
  return std::nullopt;
}

bool Stopper::may_go_on(const Contender& one, const std::vector<Contender>& all,
                        std::int64_t to_come) const {
  if (one.state == Contender::State::running) return true;
  if (one.state != Contender::State::paused) return false;
  const std::vector<std::int64_t> none = hopeless(all, to_come);
  return std::find(none.begin(), none.end(), one.number) == none.end();
}

std::unique_ptr<Stopper> no_stopping(std::int64_t epochs) {
  return std::make_unique<NoStopping>(epochs);
}

}  // namespace r50::sweep
