#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "r50/events.h"
#include "terminal/screen.h"

namespace r50::terminal {

// The table of epochs on a terminal: a group of columns for each weight set, as many as the window
// has room for.
class EpochTable {
 public:
  EpochTable(std::vector<std::string> sets, std::int64_t epochs)
      : sets_(std::move(sets)), epochs_(epochs) {}

  // The row, below a new header where one is due: first, after 20 rows, or when the columns change.
  std::string row(const EpochEvent& epoch, const std::vector<EvaluationEvent>& results,
                  const Screen& screen);

  // The same as one sentence-like line that stands for itself in a log.
  std::string line(const EpochEvent& epoch, const std::vector<EvaluationEvent>& results) const;

 private:
  struct Layout {
    int detail = 0;  // columns of a set: 1 top-1; 2 and top-5; 3 and loss
    std::size_t epoch_width = 7;
    std::vector<std::size_t> group_widths;
    friend bool operator==(const Layout&, const Layout&) = default;
  };
  Layout layout(int detail) const;
  static std::size_t width(const Layout& layout);
  std::string header(const Screen& screen) const;
  std::string group(const EvaluationEvent* result, std::size_t width, const Screen& screen) const;
  std::string epoch_text(std::int64_t epoch) const;  // "12/120"

  std::vector<std::string> sets_;
  std::int64_t epochs_;
  Layout shown_;
  int rows_below_header_ = 0;
};

}  // namespace r50::terminal
