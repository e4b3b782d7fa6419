#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace r50 {

// How long a run is, as far as a length of time in it is concerned.
struct RunLength {
  std::int64_t epochs = 0;
  std::int64_t steps_per_epoch = 0;
  // For a part of a run, which need not be whole epochs: `epochs` then counts the whole ones.
  std::optional<std::int64_t> exact_steps = std::nullopt;

  std::int64_t steps() const { return exact_steps.value_or(epochs * steps_per_epoch); }
};

// A length of training: "5 epochs", "0.5 epochs", "800 steps", "30%" of the run.
struct When {
  enum class Unit { epochs, steps, percent };
  double amount = 0;
  Unit unit = Unit::epochs;

  // In steps, rounded to the nearest.
  std::int64_t steps(const RunLength& run) const;
  std::string text() const;
  static std::optional<When> parse(std::string_view text);
  friend bool operator==(const When&, const When&) = default;
};

inline When epochs(double amount) { return {amount, When::Unit::epochs}; }
inline When steps(std::int64_t amount) { return {static_cast<double>(amount), When::Unit::steps}; }
inline When percent(double amount) { return {amount, When::Unit::percent}; }

// How often something happens: a When, or wall time: "10 minutes", "2 hours", or "never".
struct Every {
  enum class Unit { never, training, wall };
  Unit unit = Unit::never;
  When when;
  double seconds = 0;

  std::string text() const;
  static std::optional<Every> parse(std::string_view text);
  friend bool operator==(const Every&, const Every&) = default;
};

inline Every every(When when) { return {Every::Unit::training, when, 0}; }

// A learning rate: 0.1, or "0.1 per 256" images of the global batch.
struct Rate {
  double value = 0;
  std::int64_t per = 0;  // 0: as it stands

  double for_batch(std::int64_t batch) const {
    return per == 0 ? value : value * static_cast<double>(batch) / static_cast<double>(per);
  }
  std::string text() const;
  static std::optional<Rate> parse(std::string_view text);
  friend bool operator==(const Rate&, const Rate&) = default;
};

// A file or folder. Written relative, it is relative to the file that names it, so that an
// experiment works from everywhere; on the command line, to the current directory.
struct Path {
  std::string text;
  friend bool operator==(const Path&, const Path&) = default;
};

}  // namespace r50
