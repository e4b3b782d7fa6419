#include "terminal/epoch_table.h"

#include <absl/strings/str_format.h>

#include <algorithm>

#include "report/format.h"
#include "report/text_table.h"

namespace r50::terminal {

using report::brief;
using report::columns;
using report::duration;
using report::fixed;
using report::padded;
using report::share;

namespace {

constexpr std::size_t loss_width = 9;
constexpr std::size_t top_width = 8;
constexpr std::size_t rate_width = 11;
constexpr std::size_t time_width = 13;
constexpr std::size_t speed_width = 8;
constexpr std::size_t wait_width = 7;
constexpr int rows_a_header = 20;

std::string painted(const std::string& text, const char* code, const Screen& screen) {
  return screen.color ? std::string("\x1b[").append(code).append("m") + text + "\x1b[0m" : text;
}

const EvaluationEvent* find(const std::vector<EvaluationEvent>& results, const std::string& set) {
  const auto found =
      std::find_if(results.begin(), results.end(), [&](const auto& r) { return r.set == set; });
  return found == results.end() ? nullptr : &*found;
}

// "  --- ema ---": over the columns of a set.
std::string spanning(const std::string& name, std::size_t width, bool unicode) {
  const std::size_t room = width - 2 - columns(name);
  if (room < 4) return padded(name, width);
  std::string out = "  ";
  for (std::size_t i = 0; i < room - 2; ++i) {
    if (i == (room - 2) / 2) out.append(" ").append(name).append(" ");
    out += unicode ? "─" : "-";
  }
  return out;
}

}  // namespace

std::string EpochTable::epoch_text(std::int64_t epoch) const {
  return epochs_ > 0 ? absl::StrFormat("%d/%d", epoch, epochs_) : absl::StrFormat("%d", epoch);
}

EpochTable::Layout EpochTable::layout(int detail) const {
  Layout layout;
  layout.detail = detail;
  layout.epoch_width = std::max<std::size_t>(7, columns(epoch_text(epochs_)) + 1);
  for (const std::string& set : sets_) {
    const std::size_t cells =
        top_width * static_cast<std::size_t>(std::min(detail, 2)) + (detail > 2 ? loss_width : 0);
    layout.group_widths.push_back(std::max(cells, columns(set) + 2));
  }
  return layout;
}

std::size_t EpochTable::width(const Layout& layout) {
  std::size_t sum =
      layout.epoch_width + loss_width + rate_width + time_width + speed_width + wait_width;
  for (const std::size_t group : layout.group_widths) sum += group;
  return sum;
}

std::string EpochTable::header(const Screen& screen) const {
  std::string groups(shown_.epoch_width + loss_width, ' ');
  std::string names = padded("epoch", shown_.epoch_width) + padded("train", loss_width);
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    groups += spanning(sets_[i], shown_.group_widths[i], screen.unicode);
    std::string cells = shown_.detail > 2 ? padded("loss", loss_width) : "";
    cells += padded("top-1 ", top_width);
    if (shown_.detail > 1) cells += padded("top-5", top_width);
    names += padded(cells, shown_.group_widths[i]);
  }
  names += padded("lr", rate_width) + padded("time", time_width) + padded("img/s", speed_width) +
           padded("wait", wait_width);
  return painted(groups, "2", screen) + "\n" + painted(names, "2", screen) + "\n";
}

std::string EpochTable::group(const EvaluationEvent* result, std::size_t width,
                              const Screen& screen) const {
  const auto cell = [&](double value, int digits, std::size_t cell_width) {
    return padded(result ? fixed(value, digits) : "-", cell_width);
  };
  const EvaluationEvent none;
  const EvaluationEvent& shown = result ? *result : none;
  std::string cells = shown_.detail > 2 ? cell(shown.loss, 4, loss_width) : "";
  const std::string top1 = cell(shown.top1, 2, top_width - 1) + (shown.best ? "*" : " ");
  const std::size_t plain_width = columns(cells) + top_width + (shown_.detail > 1 ? top_width : 0);
  cells += shown.best ? painted(top1, "1;32", screen) : top1;
  if (shown_.detail > 1) cells += cell(shown.top5, 2, top_width);
  return std::string(width - plain_width, ' ') + cells;
}

std::string EpochTable::row(const EpochEvent& epoch, const std::vector<EvaluationEvent>& results,
                            const Screen& screen) {
  for (const EvaluationEvent& result : results) {
    if (std::find(sets_.begin(), sets_.end(), result.set) == sets_.end()) {
      sets_.push_back(result.set);
    }
  }
  Layout wanted = layout(3);
  const auto room = static_cast<std::size_t>(std::max(screen.width(), 1));
  while (wanted.detail > 1 && width(wanted) > room) wanted = layout(wanted.detail - 1);

  std::string out;
  if (wanted != shown_ || rows_below_header_ == rows_a_header) {
    const bool first = shown_.detail == 0;
    shown_ = wanted;
    out = (first ? "" : "\n") + header(screen);
    rows_below_header_ = 0;
  }
  ++rows_below_header_;
  out += padded(epoch_text(epoch.epoch), shown_.epoch_width);
  out += padded(fixed(epoch.loss, 4), loss_width);
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    out += group(find(results, sets_[i]), shown_.group_widths[i], screen);
  }
  out += padded(brief(epoch.lr), rate_width) + padded(duration(epoch.wall.seconds), time_width);
  out += padded(fixed(epoch.wall.images_per_second, 0), speed_width);
  return out + padded(share(epoch.wall.data_wait), wait_width);
}

std::string EpochTable::line(const EpochEvent& epoch,
                             const std::vector<EvaluationEvent>& results) const {
  std::string out =
      "epoch " + epoch_text(epoch.epoch) + " done: training loss " + fixed(epoch.loss, 4);
  for (const EvaluationEvent& result : results) {
    out += "; " + result.set + " " + fixed(result.top1, 2) + " % top-1, " + fixed(result.top5, 2) +
           " % top-5, loss " + fixed(result.loss, 4) + (result.best ? " (best)" : "");
  }
  return out + "; lr " + brief(epoch.lr) + ", " + duration(epoch.wall.seconds) + ", " +
         fixed(epoch.wall.images_per_second, 0) + " img/s, waiting for data " +
         share(epoch.wall.data_wait);
}

}  // namespace r50::terminal
