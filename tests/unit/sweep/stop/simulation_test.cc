// Whole sweeps by a stopper: several workers, who finish in random order, and kills at any point.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "r50/random.h"
#include "sweep/stop/stopper.h"

namespace r50::sweep {
namespace {

using State = Contender::State;

// What happened, in order: all that a controller needs to have written down.
struct Event {
  enum class Kind { begun, promoted, report, failed } kind = Kind::begun;
  std::int64_t number = 0;
  std::int64_t until = 0;  // of begun and promoted
  double value = 0;        // of report
  bool operator==(const Event&) const = default;
};
using Log = std::vector<Event>;

struct Rules {
  std::function<std::unique_ptr<Stopper>()> stopper;
  std::int64_t trials = 30;
  std::int64_t epochs = 27;
  std::int64_t workers = 1;
  std::uint64_t seed = 0;
  double failing = 0;    // how likely, an epoch
  double diverging = 0;  // likewise
};

double value_of(const Rules& rules, std::int64_t number, std::int64_t epoch) {
  Random trial({.seed = rules.seed, .sample = static_cast<std::uint64_t>(number)});
  const double end = trial.uniform();
  const double slowness = trial.uniform(0, 3);
  Random noise({.seed = rules.seed,
                .epoch = static_cast<std::uint32_t>(epoch),
                .sample = static_cast<std::uint64_t>(number),
                .draw = 1});
  if (noise.chance(rules.diverging)) return std::numeric_limits<double>::quiet_NaN();
  return end + slowness / static_cast<double>(epoch) + 0.1 * noise.uniform();
}

class Sweep {
 public:
  Sweep(Rules rules, const Log& past) : rules_(std::move(rules)), stopper_(rules_.stopper()) {
    for (const Event& event : past) take(event);
  }

  // One more thing happens; false: there is nothing left to do.
  bool go_on() {
    if (testing::Test::HasFatalFailure()) return false;  // or a refused step would come for ever
    if (busy().size() < static_cast<std::size_t>(rules_.workers) && set_out()) return true;
    if (busy().empty()) return false;
    Random chance({.seed = rules_.seed, .epoch = 1, .sample = log_.size()});
    const auto at_work = busy();
    const auto pick = chance.below(static_cast<std::int64_t>(at_work.size()));
    Contender& trial = *at_work[static_cast<std::size_t>(pick)];
    if (chance.chance(rules_.failing)) {
      take({Event::Kind::failed, trial.number});
    } else {
      const auto epoch = static_cast<std::int64_t>(trial.reports.size()) + 1;
      take({Event::Kind::report, trial.number, 0, value_of(rules_, trial.number, epoch)});
    }
    return true;
  }

  void to_the_end() {
    while (go_on()) note_hopeless();
  }

  const Log& log() const { return log_; }
  const std::vector<Contender>& trials() const { return trials_; }
  const std::set<std::int64_t>& given_up() const { return given_up_; }
  const Stopper& stopper() const { return *stopper_; }

 private:
  std::vector<Contender*> busy() {
    std::vector<Contender*> busy;
    for (Contender& trial : trials_) {
      if (trial.state == State::running) busy.push_back(&trial);
    }
    return busy;
  }

  bool set_out() {
    const auto begun = static_cast<std::int64_t>(trials_.size());
    auto promotion = stopper_->promote(trials_);
    if (!promotion && begun < rules_.trials) {
      take({Event::Kind::begun, begun, stopper_->first_until(begun)});
      return true;
    }
    if (!promotion && busy().empty()) promotion = stopper_->promote_at_end(trials_);
    if (!promotion) return false;
    take({Event::Kind::promoted, promotion->number, promotion->until});
    return true;
  }

  void take(const Event& event) {
    log_.push_back(event);
    if (event.kind == Event::Kind::begun) {
      ASSERT_EQ(event.number, static_cast<std::int64_t>(trials_.size())) << "lost or doubled";
      trials_.push_back({event.number, State::running, {}, event.until});
      return;
    }
    Contender& trial = trials_[static_cast<std::size_t>(event.number)];
    if (event.kind == Event::Kind::promoted) {
      ASSERT_EQ(trial.state, State::paused);
      ASSERT_GT(event.until, trial.until);
      ASSERT_FALSE(given_up_.contains(event.number)) << "its checkpoint had been given up";
      trial.state = State::running;
      trial.until = event.until;
    } else if (event.kind == Event::Kind::failed) {
      trial.state = State::failed;
    } else {
      const auto epoch = static_cast<std::int64_t>(trial.reports.size()) + 1;
      ASSERT_LE(epoch, trial.until);
      trial.reports.push_back({epoch, event.value});
      if (epoch == trial.until) {
        trial.state = epoch == rules_.epochs ? State::finished : State::paused;
      }
    }
  }

  void note_hopeless() {
    const auto begun = static_cast<std::int64_t>(trials_.size());
    for (const std::int64_t number : stopper_->hopeless(trials_, rules_.trials - begun)) {
      given_up_.insert(number);
    }
  }

  Rules rules_;
  std::unique_ptr<Stopper> stopper_;
  Log log_;
  std::vector<Contender> trials_;
  std::set<std::int64_t> given_up_;
};

const std::vector<std::pair<std::string, std::function<std::unique_ptr<Stopper>()>>> stoppers = {
    {"asha 3",
     [] {
       return asha({1, 3, 27});
     }},
    {"asha 2",
     [] {
       return asha({2, 2, 27});
     }},
    {"hyperband",
     [] {
       return hyperband({1, 3, 27});
     }},
    {"none", [] { return no_stopping(27); }}};

TEST(StopSimulation, NoTrialIsLostOrDoubledWithAnyNumberOfWorkers) {
  for (const auto& [name, stopper] : stoppers) {
    for (const std::int64_t workers : {1, 2, 5, 40}) {
      for (std::uint64_t seed = 0; seed < 6; ++seed) {
        Sweep sweep({stopper, 30, 27, workers, seed, 0.01, 0.01}, {});
        sweep.to_the_end();
        EXPECT_EQ(sweep.trials().size(), 30U) << name;
        EXPECT_FALSE(sweep.stopper().promote(sweep.trials())) << name;
        bool whole = false;
        for (const Contender& trial : sweep.trials()) {
          EXPECT_NE(trial.state, State::running) << name;
          whole |= trial.state == State::finished;
        }
        EXPECT_TRUE(whole) << name << " " << workers << " " << seed;
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(StopSimulation, EvenASmallSweepEndsWithAWholeTrial) {
  for (const std::int64_t trials : {1, 2, 3, 5}) {
    Sweep sweep({stoppers[0].second, trials, 27, 2, 1}, {});
    sweep.to_the_end();
    const auto whole = std::count_if(sweep.trials().begin(), sweep.trials().end(),
                                     [](const auto& t) { return t.state == State::finished; });
    EXPECT_EQ(whole, 1) << trials;
  }
}

// With one worker also the order is the same: nothing that decides is kept in memory.
TEST(StopSimulation, KilledAtAnyPointItGoesOnAsItWouldHave) {
  for (const auto& [name, stopper] : stoppers) {
    const Rules rules{stopper, 20, 27, 1, 3, 0.01, 0.02};
    Sweep undisturbed(rules, {});
    undisturbed.to_the_end();
    const Log& whole = undisturbed.log();
    ASSERT_GT(whole.size(), 60U);
    for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
      Sweep again(rules, Log(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut)));
      while (again.go_on()) {
      }
      ASSERT_EQ(again.log().size(), whole.size()) << name << " cut at " << cut;
      for (std::size_t i = 0; i < whole.size(); ++i) {
        const bool both_nan = std::isnan(whole[i].value) && std::isnan(again.log()[i].value);
        ASSERT_TRUE(both_nan || whole[i] == again.log()[i]) << name << " " << cut << " " << i;
      }
    }
  }
}

TEST(StopSimulation, HalvingSavesMostOfTheEpochs) {
  Sweep sweep({stoppers[0].second, 81, 27, 4, 9}, {});
  sweep.to_the_end();
  std::size_t epochs = 0;
  for (const Contender& trial : sweep.trials()) epochs += trial.reports.size();
  EXPECT_LT(epochs, 81U * 27 / 4);
  EXPECT_FALSE(sweep.given_up().empty());
}

// The other half of hopeless(): a trial that is not in it is resumed in some future. That future is
// made here: each trial that runs or is still to come is better than all others below its rung, and
// worse than all from there on.
bool goes_on_in_its_best_future(std::vector<Contender> all, std::int64_t number,
                                std::int64_t to_come, const Stopper& stopper) {
  const std::int64_t rung = all[static_cast<std::size_t>(number)].until;
  double better = -1;
  double worse = 1000;
  for (;;) {
    auto promotion = stopper.promote(all);
    const auto under_way = std::find_if(all.begin(), all.end(),
                                        [](const auto& t) { return t.state == State::running; });
    if (!promotion && under_way == all.end()) {
      if (to_come-- > 0) {
        const auto next = static_cast<std::int64_t>(all.size());
        all.push_back({next, State::running, {}, stopper.first_until(next)});
        continue;
      }
      promotion = stopper.promote_at_end(all);
      if (!promotion) return false;
    }
    if (promotion) {
      if (promotion->number == number) return true;
      all[static_cast<std::size_t>(promotion->number)].state = State::running;
      all[static_cast<std::size_t>(promotion->number)].until = promotion->until;
      continue;
    }
    for (std::int64_t epoch = static_cast<std::int64_t>(under_way->reports.size()) + 1;
         epoch <= under_way->until; ++epoch) {
      under_way->reports.push_back({epoch, epoch < rung ? better-- : worse++});
    }
    under_way->state = State::paused;
  }
}

// Or all others fail as soon as they are begun, and it is taken for want of a better.
bool goes_on_when_all_fail(std::vector<Contender> all, std::int64_t number,
                           const Stopper& stopper) {
  for (Contender& trial : all) {
    if (trial.state == State::running) trial.state = State::failed;
  }
  for (;;) {
    auto promotion = stopper.promote(all);
    if (!promotion) promotion = stopper.promote_at_end(all);
    if (!promotion) return false;
    if (promotion->number == number) return true;
    all[static_cast<std::size_t>(promotion->number)].state = State::failed;
  }
}

TEST(StopSimulation, WhoIsNotHopelessMayReallyGoOn) {
  int checked = 0;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const Rules rules{stoppers[seed % 3].second, 16, 27, 3, seed, 0, 0.02};
    Sweep sweep(rules, {});
    while (sweep.go_on()) {
      const auto& all = sweep.trials();
      const std::int64_t to_come = 16 - static_cast<std::int64_t>(all.size());
      const auto hopeless = sweep.stopper().hopeless(all, to_come);
      for (const Contender& trial : all) {
        if (trial.state != State::paused) continue;
        if (std::find(hopeless.begin(), hopeless.end(), trial.number) != hopeless.end()) continue;
        ASSERT_TRUE(goes_on_in_its_best_future(all, trial.number, to_come, sweep.stopper()) ||
                    goes_on_when_all_fail(all, trial.number, sweep.stopper()))
            << "seed " << seed << ", event " << sweep.log().size() << ", trial " << trial.number;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 1000);
}

}  // namespace
}  // namespace r50::sweep
