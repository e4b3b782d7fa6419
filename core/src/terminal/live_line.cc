#include "terminal/live_line.h"

#include <absl/strings/str_format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "report/format.h"
#include "report/text_table.h"

namespace r50::terminal {
namespace {

// How long a step counts in the speed that the estimate uses.
constexpr double memory_seconds = 30;

using report::columns;

struct Piece {
  std::string text;
  int weight = 0;  // the lightest goes first
};

std::string of(std::int64_t done, std::int64_t all) {
  return all > 0 ? absl::StrFormat("%d/%d", done, all) : absl::StrFormat("%d", done);
}

std::int64_t step_in_epoch(const StepEvent& step, RunLength length) {
  return step.step - (step.epoch - 1) * length.steps_per_epoch;
}

std::vector<Piece> pieces(const StepEvent& step, RunLength length, std::optional<double> left) {
  std::vector<Piece> all = {{"epoch " + of(step.epoch, length.epochs), 9},
                            {"step " + of(step_in_epoch(step, length), length.steps_per_epoch), 4},
                            {"lr " + report::brief(step.lr), 3},
                            {report::fixed(step.wall.images_per_second, 0) + " img/s", 6},
                            {"wait " + report::share(step.wall.data_wait), 5}};
  // A GPU's is not known yet: it is read once a row, since looking at it would hold the GPU up.
  if (!std::isnan(step.loss)) all.insert(all.begin() + 2, {"loss " + report::brief(step.loss), 8});
  if (left) all.push_back({"eta " + report::duration(*left), 7});
  return all;
}

std::string joined(const std::vector<Piece>& all) {
  std::string out;
  for (const Piece& piece : all) out += (out.empty() ? "" : "  ") + piece.text;
  return out;
}

std::string bar(double part, std::size_t width, bool unicode) {
  const auto full =
      static_cast<std::size_t>(std::clamp(part, 0.0, 1.0) * static_cast<double>(width));
  std::string out;
  for (std::size_t i = 0; i < width; ++i) {
    if (unicode) {
      out += i < full ? "━" : i == full ? "╺" : "─";
    } else {
      out += i < full ? '=' : i == full ? '>' : '.';
    }
  }
  return out;
}

}  // namespace

std::string step_line(const StepEvent& step, RunLength length, std::optional<double> seconds_left) {
  return joined(pieces(step, length, seconds_left));
}

std::string live_line(const StepEvent& step, RunLength length, std::optional<double> seconds_left,
                      std::size_t width, bool unicode) {
  std::vector<Piece> all = pieces(step, length, seconds_left);
  while (all.size() > 1 && columns(joined(all)) > width) {
    all.erase(std::min_element(all.begin(), all.end(),
                               [](const Piece& a, const Piece& b) { return a.weight < b.weight; }));
  }
  std::string text = joined(all);
  const std::size_t taken = columns(text);
  if (taken > width) return text.substr(0, width);  // ASCII only
  if (length.steps_per_epoch <= 0 || taken + 8 > width) return text;
  const std::size_t bar_width = std::min<std::size_t>(24, width - taken - 2);
  const double part = static_cast<double>(step_in_epoch(step, length)) /
                      static_cast<double>(length.steps_per_epoch);
  all.insert(all.begin() + 1, Piece{bar(part, bar_width, unicode)});
  return joined(all);
}

void Eta::step(std::int64_t done, double now) {
  if (last_ && done > done_ && now > *last_) {
    const double seconds = now - *last_;
    const double fade = std::exp(-seconds / memory_seconds);
    recent_seconds_ = fade * recent_seconds_ + seconds;
    recent_steps_ = fade * recent_steps_ + static_cast<double>(done - done_);
  }
  last_ = now;
  done_ = done;
}

void Eta::evaluated(double seconds) {
  evaluation_seconds_ += seconds;
  last_.reset();
}

std::optional<double> Eta::seconds_left() const {
  const std::int64_t steps = length_.steps() - done_;
  if (recent_steps_ <= 0 || length_.steps() <= 0) return std::nullopt;
  double seconds =
      static_cast<double>(std::max<std::int64_t>(steps, 0)) * recent_seconds_ / recent_steps_;
  if (epochs_ > 0) {
    const std::int64_t epochs_left = length_.epochs - done_ / length_.steps_per_epoch;
    seconds += evaluation_seconds_ / static_cast<double>(epochs_) *
               static_cast<double>(std::max<std::int64_t>(epochs_left, 0));
  }
  return seconds;
}

}  // namespace r50::terminal
