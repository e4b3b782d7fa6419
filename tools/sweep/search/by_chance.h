#pragma once

#include "sweep/search/draw.h"
#include "sweep/search/searcher.h"

namespace r50::sweep {

// A searcher that has some tries for a trial's point, and after these the last resort: what random
// search, Sobol's sequence and TPE have in common.
class ByChance : public Searcher {
 public:
  ByChance(Space space, std::uint64_t seed);

  std::optional<Coordinates> propose(std::int64_t number, std::int64_t attempt,
                                     const std::vector<Seen>& history) const final;
  std::optional<std::int64_t> total() const final;

 protected:
  static constexpr std::int64_t usual_tries = 64;

  const Space& space() const { return space_; }
  std::uint64_t seed() const { return seed_; }

 private:
  virtual std::int64_t tries(std::int64_t number) const;  // usual_tries, if it says nothing else
  virtual Coordinates drawn(std::int64_t number, std::int64_t attempt,
                            const std::vector<Seen>& history) const = 0;

  Space space_;
  std::uint64_t seed_;
  LastResort last_resort_;
};

}  // namespace r50::sweep
