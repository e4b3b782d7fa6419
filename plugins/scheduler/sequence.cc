#include <r50/archive.h>
#include <r50/scheduler.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace {

struct SequenceConfig {
  std::vector<r50::Held<r50::Scheduler>> parts;
  std::vector<r50::When> milestones;
};

// One part's share of a run: steps [begin, end).
struct Stretch {
  std::size_t part = 0;
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

// torch's SequentialLR, but for the lengths: a part has none of its own, its length comes with the
// progress.
class Sequence final : public r50::Scheduler {
 public:
  static r50::Schema<SequenceConfig> schema() {
    return r50::Schema<SequenceConfig>("Schedulers one after another, each with its own clock.")
        .plugins("parts", &SequenceConfig::parts, "the schedulers, in order", r50::required())
        .field("milestones", &SequenceConfig::milestones,
               "where each part but the first begins, counted from the start of the run")
        .check([](const SequenceConfig& config, r50::Checks& checks) {
          if (config.milestones.size() + 1 != config.parts.size()) {
            checks.wrong("milestones", std::to_string(config.parts.size()) + " parts need " +
                                           std::to_string(config.parts.size() - 1) +
                                           " milestones, one between " + "each two; there are " +
                                           std::to_string(config.milestones.size()));
          }
          for (const r50::When& milestone : config.milestones) {
            checks.before_end("milestones", milestone);
          }
        });
  }

  Sequence(SequenceConfig config, const r50::RunFacts& facts)
      : config_(std::move(config)), length_(facts.length) {
    std::int64_t last = 0;
    for (const r50::When& milestone : config_.milestones) {
      const std::int64_t begin = milestone.steps(length_);
      if (begin < last) {
        throw r50::BadKey("milestones",
                          "Milestone " + milestone.text() + " lies before the one that it follows.",
                          "write them in the order of the parts");
      }
      last = begin;
    }
  }

  r50::Rates rates(const r50::Progress& progress) const override {
    const Stretch stretch = at(progress.step, progress.length);
    const std::int64_t steps = std::max<std::int64_t>(0, stretch.end - stretch.begin);
    const std::int64_t per_epoch = progress.length.steps_per_epoch;
    const r50::Progress own{.step = progress.step - stretch.begin,
                            .length = {.epochs = per_epoch > 0 ? steps / per_epoch : 0,
                                       .steps_per_epoch = per_epoch,
                                       .exact_steps = steps}};
    return config_.parts[stretch.part].call([&](auto& part) { return part.rates(own); });
  }

  void observe(const r50::EpochResult& result) override {
    // The epoch belongs to the part that took its last step.
    const Stretch stretch = at(result.epoch * length_.steps_per_epoch - 1, length_);
    r50::EpochResult own = result;
    if (length_.steps_per_epoch > 0) own.epoch -= stretch.begin / length_.steps_per_epoch;
    config_.parts[stretch.part].call([&](auto& part) { part.observe(own); });
  }

  bool predictable() const override {
    return std::all_of(config_.parts.begin(), config_.parts.end(), [](const auto& held) {
      return held.call([](auto& part) { return part.predictable(); });
    });
  }

  bool resumable() const override {
    return std::all_of(config_.parts.begin(), config_.parts.end(), [](const auto& held) {
      return held.call([](auto& part) { return part.resumable(); });
    });
  }

  void save(r50::Archive& archive) const override {
    for (std::size_t i = 0; i < config_.parts.size(); ++i) {
      r50::Archive& own = archive.child(std::to_string(i));
      config_.parts[i].call([&](auto& part) { part.save(own); });
    }
  }

  void load(const r50::Archive& archive) override {
    for (std::size_t i = 0; i < config_.parts.size(); ++i) {
      if (!archive.has(std::to_string(i))) continue;  // a part that the changed file has added
      const r50::Archive& own = archive.child(std::to_string(i));
      config_.parts[i].call([&](auto& part) { part.load(own); });
    }
  }

 private:
  Stretch at(std::int64_t step, const r50::RunLength& length) const {
    Stretch stretch{.part = 0, .begin = 0, .end = length.steps()};
    for (const r50::When& milestone : config_.milestones) {
      const std::int64_t begin = milestone.steps(length);
      if (step < begin) return {stretch.part, stretch.begin, begin};
      stretch = {stretch.part + 1, begin, length.steps()};
    }
    return stretch;
  }

  SequenceConfig config_;
  r50::RunLength length_;
};

}  // namespace

R50_PLUGIN(Sequence, "sequence")
