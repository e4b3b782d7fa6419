#include <algorithm>
#include <array>
#include <cmath>

#include <absl/strings/str_format.h>

#include "sweep/judge/charts.h"
#include "sweep/page/plot.h"
#include "sweep/page/sections.h"

namespace r50::sweep::page {
namespace {

constexpr std::size_t most_levels = 12;

bool mostly_filled(const judge::HeatMap& map) {
  std::size_t filled = 0;
  for (const auto& row : map.cells) {
    for (const auto& cell : row) filled += cell.trials > 0 || cell.diverged > 0 ? 1 : 0;
  }
  return filled * 2 >= map.rows.size() * map.columns.size();
}

// Two varied everywhere, or the two that matter most; the row's first.
std::pair<const judge::Parameter*, const judge::Parameter*> chosen_parameters(const View& view) {
  const auto& varied = view.varied;
  const auto& effects = view.judged.effects.parameters;
  if (varied.size() == 2 && varied[0].everywhere && varied[1].everywhere) {
    return {&varied[0], &varied[1]};
  }
  if (varied.size() <= 2 || effects.size() < 2) return {};
  const auto find = [&](const std::string& name) -> const judge::Parameter* {
    const auto found = std::find_if(varied.begin(), varied.end(),
                                    [&](const auto& one) { return one.name == name; });
    return found == varied.end() ? nullptr : &*found;
  };
  return {find(effects[1].name), find(effects[0].name)};
}

std::optional<judge::HeatMap> chosen_map(const View& view) {
  const auto [row, column] = chosen_parameters(view);
  // Asked before the table is made: ten thousand random points would give it a hundred million
  // cells.
  const auto has_few_levels = [](const judge::Parameter* one) {
    return one && one->values.size() <= most_levels;
  };
  if (!has_few_levels(row) || !has_few_levels(column)) return std::nullopt;
  judge::HeatMap map = judge::heat_map(view.groups, *row, *column);
  return mostly_filled(map) ? std::optional(std::move(map)) : std::nullopt;
}

// Dark blue over grey to yellow: distinct by brightness alone, so for every eye and on paper.
std::array<double, 3> heat_color(double part) {
  constexpr std::array<std::array<double, 3>, 5> stops = {
      {{0, 34, 78}, {66, 78, 108}, {124, 123, 120}, {188, 174, 108}, {255, 234, 70}}};
  const double at = std::clamp(part, 0.0, 1.0) * (stops.size() - 1);
  const std::size_t i = std::min<std::size_t>(static_cast<std::size_t>(at), stops.size() - 2);
  std::array<double, 3> color{};
  for (std::size_t c = 0; c < 3; ++c) {
    color[c] = stops[i][c] + (at - static_cast<double>(i)) * (stops[i + 1][c] - stops[i][c]);
  }
  return color;
}

bool is_bright(const std::array<double, 3>& color) {
  const auto linear = [](double part) {
    const double x = part / 255;
    return x <= 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4);
  };
  const double light =
      0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
  return light > 0.18;  // black and white are equally readable there
}

class HeatDrawing {
 public:
  HeatDrawing(const View& view, const judge::HeatMap& map) : view_(view), map_(map) {
    std::vector<double> means;
    for (const auto& row : map.cells) {
      for (const auto& cell : row) {
        if (cell.mean) means.push_back(*cell.mean);
      }
    }
    range_ = metric_range(means, view.sweep.maximize());
    digits_ = column_digits(means, {});
    if (!means.empty()) {
      best_ = view.sweep.maximize() ? *std::max_element(means.begin(), means.end())
                                    : *std::min_element(means.begin(), means.end());
    }
    double room = 0;
    for (const std::string& label : map.rows)
      room = std::max(room, text_room(shortened(label, 14)));
    left_ = std::max(40.0, 1.15 * room + 14);
    cell_ = (width - left_ - 8) / static_cast<double>(map.columns.size());
    bottom_ = top + row_height * static_cast<double>(map.rows.size());
  }

  Html svg() const {
    Html all = label_at(4, 17, "start", view_.names.parameter(map_.row_name), "title");
    for (std::size_t i = 0; i < map_.rows.size(); ++i) {
      all += label_at(left_ - 8, y(i) + row_height / 2 + 4.5, "end", shortened(map_.rows[i], 14));
      for (std::size_t j = 0; j < map_.columns.size(); ++j) all += drawn_cell(i, j);
    }
    for (std::size_t i = 0; i < map_.rows.size(); ++i) {
      for (std::size_t j = 0; j < map_.columns.size(); ++j) {
        if (map_.cells[i][j].mean && *map_.cells[i][j].mean == best_)
          all += box(i, j, "bestcell", "");
      }
    }
    const auto signs = static_cast<std::size_t>(std::max(3.0, cell_ / 9));
    for (std::size_t j = 0; j < map_.columns.size(); ++j) {
      all += label_at(x(j) + cell_ / 2, bottom_ + 19, "middle", shortened(map_.columns[j], signs),
                      cell_ < 60 ? "fixed" : "");
    }
    all += label_at((left_ + width) / 2, bottom_ + 44, "middle",
                    view_.names.parameter(map_.column_name), "title");
    return element("svg",
                   {{"class", "chart"},
                    {"viewBox", "0 0 " + place(width) + " " + place(bottom_ + 52)},
                    {"role", "img"},
                    {"aria-label", "mean " + view_.sweep.metric.name + " by two parameters"}},
                   all);
  }

 private:
  static constexpr double width = 560, top = 34, row_height = 36;

  double x(std::size_t column) const { return left_ + cell_ * static_cast<double>(column); }
  double y(std::size_t row_number) const {  // the least value is lowest
    return bottom_ - row_height * static_cast<double>(row_number + 1);
  }

  Html box(std::size_t i, std::size_t j, const std::string& kind, const std::string& style) const {
    return element("rect", {{"class", kind},
                            {"style", style},
                            {"x", place(x(j) + 1)},
                            {"y", place(y(i) + 1)},
                            {"width", place(cell_ - 2)},
                            {"height", place(row_height - 2)}});
  }

  Html drawn_cell(std::size_t i, std::size_t j) const {
    const judge::HeatMap::Cell& cell = map_.cells[i][j];
    const std::string at = view_.names.parameter(map_.row_name) + " " + map_.rows[i] + ", " +
                           view_.names.parameter(map_.column_name) + " " + map_.columns[j] + ": ";
    const std::string size = cell_ < 60 ? " fixed" : "";
    const double middle = x(j) + cell_ / 2, line = y(i) + row_height / 2 + 4.5;
    if (!cell.mean) {
      const bool diverged = cell.diverged > 0;
      const std::string words = diverged ? "diverged" : "–";
      return element("g", element("title", text(at + (diverged ? "diverged" : "no value"))) +
                              box(i, j, diverged ? "hole diverged" : "hole", "") +
                              label_at(middle, line, "middle", diverged && cell_ < 90 ? "×" : words,
                                       "faint" + size));
    }
    const double span = range_.high - range_.low;
    double part = span > 0 ? (*cell.mean - range_.low) / span : 0.5;
    if (!view_.sweep.maximize()) part = 1 - part;
    const auto color = heat_color(part);
    const std::string style =
        absl::StrFormat("fill:rgb(%.0f,%.0f,%.0f)", color[0], color[1], color[2]);
    const std::string words = in_column(*cell.mean, digits_);
    Html drawn = element("title", text(absl::StrFormat("%s%s, of %d %s", at, words, cell.trials,
                                                       cell.trials == 1 ? "trial" : "trials"))) +
                 box(i, j, "cell", style);
    const std::string ink = is_bright(color) ? "onbright" : "ondark";
    if (static_cast<double>(words.size()) * 8 < cell_) {
      drawn += label_at(middle, line, "middle", words, ink + size);
    }
    return element("g", drawn);
  }

  const View& view_;
  const judge::HeatMap& map_;
  Range range_;
  int digits_ = 0;
  std::optional<double> best_;
  double left_ = 0, cell_ = 0, bottom_ = 0;
};

}  // namespace

Html heat_chart(const View& view) {
  const std::optional<judge::HeatMap> map = chosen_map(view);
  if (!map) return {};
  std::string words = "Means; the brighter, the better; the frame is around the ";
  words += view.sweep.maximize() ? "highest." : "lowest.";
  if (view.varied.size() > 2) words += " Averaged over the other parameters.";
  return figure(
      view.names.parameter(map->row_name) + " and " + view.names.parameter(map->column_name),
      HeatDrawing(view, *map).svg(), words);
}

}  // namespace r50::sweep::page
