#include "report/rows.h"

#include <absl/strings/str_format.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "r50/error.h"
#include "report/format.h"

namespace r50::report {
namespace {

using Json = nlohmann::json;

class Line {
 public:
  Line() : text_("{") {}
  void put(const char* key, std::int64_t value) { name(key) += std::to_string(value); }
  void put(const char* key, bool value) { name(key) += value ? "true" : "false"; }
  void put(const char* key, const std::string& value) { name(key) += json_text(value); }
  void put(const char* key, double value) {
    std::string digits = exact(value);
    // A real stays a real for every reader, and -0 keeps its sign.
    if (digits.find_first_not_of("-0123456789") == std::string::npos) digits += ".0";
    name(key) += std::isfinite(value) ? digits : '"' + digits + '"';
  }
  void open(const char* key) {
    name(key) += '{';
    first_ = true;
  }
  void close() { text_ += '}'; }
  std::string take() { return std::move(text_); }

 private:
  std::string& name(const char* key) {
    if (!std::exchange(first_, false)) text_ += ',';
    text_ += '"';
    text_ += key;
    return text_ += "\":";
  }

  std::string text_;
  bool first_ = true;
};

void put(Line& line, const StepEvent& event) {
  line.put("kind", std::string("step"));
  line.put("step", event.step);
  line.put("epoch", event.epoch);
  line.put("loss", event.loss);
  line.put("lr", event.lr);
  line.put("momentum", event.momentum);
  line.put("grad_norm", event.grad_norm);
  line.put("size", event.size);
  line.open("wall");
  line.put("seconds", event.wall.seconds);
  line.put("images_per_second", event.wall.images_per_second);
  line.put("data_wait", event.wall.data_wait);
  line.close();
}

void put(Line& line, const EvaluationEvent& event) {
  line.put("kind", std::string("evaluation"));
  line.put("epoch", event.epoch);
  line.put("step", event.step);
  line.put("set", event.set);
  line.put("loss", event.loss);
  line.put("top1", event.top1);
  line.put("top5", event.top5);
  line.put("images", event.images);
  line.put("best", event.best);
  line.open("wall");
  line.put("seconds", event.wall_seconds);
  line.close();
}

void put(Line& line, const EpochEvent& event) {
  line.put("kind", std::string("epoch"));
  line.put("epoch", event.epoch);
  line.put("step", event.step);
  line.put("loss", event.loss);
  line.put("lr", event.lr);
  line.put("quarantined", event.quarantined);
  line.open("wall");
  line.put("seconds", event.wall.seconds);
  line.put("images_per_second", event.wall.images_per_second);
  line.put("data_wait", event.wall.data_wait);
  line.close();
}

double real(const Json& row, const char* key) {
  const Json& value = row.at(key);
  if (!value.is_string()) return value.get<double>();
  const auto& word = value.get_ref<const std::string&>();
  if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (word == "inf") return std::numeric_limits<double>::infinity();
  if (word == "-inf") return -std::numeric_limits<double>::infinity();
  throw Error(absl::StrFormat("the value of '%s' is no number", key));
}

std::int64_t whole(const Json& row, const char* key) { return row.at(key).get<std::int64_t>(); }

Event parse_event(const Json& row) {
  const auto kind = row.at("kind").get<std::string>();
  const Json& wall = row.at("wall");
  if (kind == "step") {
    StepEvent event;
    event.step = whole(row, "step");
    event.epoch = whole(row, "epoch");
    event.loss = real(row, "loss");
    event.lr = real(row, "lr");
    event.momentum = real(row, "momentum");
    event.grad_norm = real(row, "grad_norm");
    event.size = whole(row, "size");
    event.wall = {real(wall, "seconds"), real(wall, "images_per_second"), real(wall, "data_wait")};
    return event;
  }
  if (kind == "evaluation") {
    EvaluationEvent event;
    event.epoch = whole(row, "epoch");
    event.step = whole(row, "step");
    event.set = row.at("set").get<std::string>();
    event.loss = real(row, "loss");
    event.top1 = real(row, "top1");
    event.top5 = real(row, "top5");
    event.images = whole(row, "images");
    event.best = row.at("best").get<bool>();
    event.wall_seconds = real(wall, "seconds");
    return event;
  }
  if (kind == "epoch") {
    EpochEvent event;
    event.epoch = whole(row, "epoch");
    event.step = whole(row, "step");
    event.loss = real(row, "loss");
    event.lr = real(row, "lr");
    event.quarantined = whole(row, "quarantined");
    event.wall = {real(wall, "seconds"), real(wall, "images_per_second"), real(wall, "data_wait")};
    return event;
  }
  throw Error(absl::StrFormat("its kind is '%s', which this r50 does not know", kind));
}

}  // namespace

std::string json_text(std::string_view text) {
  return Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string row_text(const Row& row) {
  Line line;
  line.put("row", row.number);
  std::visit([&](const auto& event) { put(line, event); }, row.event);
  line.close();
  return line.take();
}

Row parse_row(std::string_view line) {
  try {
    const Json row = Json::parse(line);
    return {whole(row, "row"), parse_event(row)};
  } catch (const Json::exception& error) {
    throw Error(std::string("it is no row of metrics.jsonl: ") + error.what());
  }
}

std::size_t after_lines(std::string_view content, std::int64_t lines) {
  std::size_t place = 0;
  for (; lines > 0; --lines) {
    const std::size_t end = content.find('\n', place);
    if (end == std::string_view::npos) return end;
    place = end + 1;
  }
  return place;
}

std::vector<Row> read_rows(base::Files& files, const std::string& path, std::int64_t from) {
  const std::string content = files.read(path);
  std::vector<Row> rows;
  std::size_t place = after_lines(content, from);
  if (place == std::string::npos) return rows;
  for (std::int64_t number = from;; ++number) {
    const std::size_t end = content.find('\n', place);
    if (end == std::string::npos) return rows;
    try {
      rows.push_back(parse_row(std::string_view(content).substr(place, end - place)));
      if (rows.back().number != number) {
        throw Error(absl::StrFormat("it is numbered %d, but row %d belongs there",
                                    rows.back().number, number));
      }
    } catch (const Error& error) {
      throw Error(
          absl::StrFormat("Line %d of '%s' is damaged: %s.", number + 1, path, error.what()));
    }
    place = end + 1;
  }
}

}  // namespace r50::report
