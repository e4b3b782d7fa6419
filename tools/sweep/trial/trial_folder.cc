#include "sweep/trial/trial_folder.h"

#include <sys/stat.h>

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "r50/error.h"
#include "report/rows.h"
#include "sweep/file/sweep_file.h"

namespace r50::sweep {
namespace {

using Json = nlohmann::ordered_json;

struct MetricName {
  std::string set;    // "plain", "ema", "best"; empty for a number by itself
  std::string field;  // "top1"
};

MetricName split_metric(const std::string& name) {
  const auto dot = name.find('.');
  if (dot != std::string::npos) return {name.substr(0, dot), name.substr(dot + 1)};
  const bool of_a_set = name == "top1" || name == "top5" || name == "loss";
  return {of_a_set ? "plain" : "", name};
}

std::optional<double> number_in(const Json& json, const std::string& key) {
  const auto found = json.find(key);
  if (found == json.end()) return std::nullopt;
  if (found->is_number()) return found->get<double>();
  if (!found->is_string()) return std::nullopt;
  const std::string text = found->get<std::string>();  // JSON has no other word for these
  if (text == "nan") return std::nan("");
  if (text == "inf" || text == "-inf") return text == "inf" ? INFINITY : -INFINITY;
  return std::nullopt;
}

void read_result(const Json& json, const MetricName& metric, Facts& facts) {
  const auto add = [&](const std::string& name, const Json& of, const char* field) {
    if (number_in(of, field)) facts.known.push_back(name + field);
  };
  for (const char* field : {"top1", "top5", "loss"}) {
    for (const Json& set : json.value("last", Json::array())) {
      const std::string name = set.value("set", "");
      add(name + ".", set, field);
      if (name == metric.set && field == metric.field) facts.result = number_in(set, field);
    }
    const Json best = json.value("best", Json::object());
    add("best.", best, field);
    if (metric.set == "best" && field == metric.field) facts.result = number_in(best, field);
  }
  for (const auto& [key, value] : json.items()) {
    if (!number_in(json, key)) continue;
    facts.known.push_back(key);
    if (metric.set.empty() && key == metric.field) facts.result = number_in(json, key);
  }
  // Another program's plain "top1" is as good as a set's.
  if (!facts.result && metric.set == "plain") facts.result = number_in(json, metric.field);
}

// By the trial's own clock, which need not agree with any other.
void read_gaps(const std::vector<Row>& rows, Facts& facts) {
  double steps = 0, epochs = 0, evaluations = 0, longest_epoch = 0;
  for (const Row& row : rows) {
    if (const auto* step = std::get_if<StepEvent>(&row.event)) {
      steps += step->wall.seconds;
      facts.longest_gap = std::max(facts.longest_gap, step->wall.seconds);
    } else if (const auto* epoch = std::get_if<EpochEvent>(&row.event)) {
      epochs += epoch->wall.seconds;
      longest_epoch = std::max(longest_epoch, epoch->wall.seconds);
    } else if (const auto* evaluation = std::get_if<EvaluationEvent>(&row.event)) {
      evaluations += evaluation->wall_seconds;
      facts.longest_gap = std::max(facts.longest_gap, evaluation->wall_seconds);
    }
  }
  if (steps == 0) facts.longest_gap = std::max(facts.longest_gap, longest_epoch);
  if (rows.empty()) return;
  facts.usual_gap = (std::max(steps, epochs) + evaluations) / static_cast<double>(rows.size());
}

void read_reports(const std::vector<Row>& rows, const MetricName& metric, Facts& facts) {
  facts.rows = static_cast<std::int64_t>(rows.size());
  std::optional<EvaluationEvent> best;
  for (const Row& row : rows) {
    if (const auto* epoch = std::get_if<EpochEvent>(&row.event)) {
      facts.epochs = std::max(facts.epochs, epoch->epoch);
      if (metric.field == "train_loss") facts.reports.push_back({epoch->epoch, epoch->loss});
      if (metric.set == "best" && best) {
        facts.reports.push_back({epoch->epoch, field_of(*best, metric.field)});
      }
    } else if (const auto* event = std::get_if<EvaluationEvent>(&row.event)) {
      if (event->best) best = *event;
      if (event->set == metric.set) {
        facts.reports.push_back({event->epoch, field_of(*event, metric.field)});
      }
    }
  }
}

// A finder that has nothing to suggest has failed, and its output says why.
void read_finder(base::Files& files, const std::string& trial_folder, const std::string& metric,
                 Facts& facts) {
  const std::string output = trial_folder + "/output.txt";
  const std::string suggestion = trial_folder + "/lr_suggestion.json";
  if (files.exists(output)) {
    const std::string said = files.read(output);
    facts.rows = std::count(said.begin(), said.end(), '\n');
  }
  if (!files.exists(suggestion)) return;
  const Json json = Json::parse(files.read(suggestion), nullptr, /*allow_exceptions=*/false);
  if (json.is_object()) facts.result = number_in(json, metric);
  facts.finished = facts.result.has_value();
  if (facts.finished) facts.reports = {{1, *facts.result}};
}

void read_exit_code(base::Files& files, const std::string& path, Facts& facts) {
  if (!files.exists(path)) return;
  int code = 0;
  if (absl::SimpleAtoi(files.read(path, 20), &code)) facts.exit_code = code;
}

}  // namespace

std::string log_tail(base::Files& files, const std::string& trial_folder, int lines) {
  std::string text;
  for (const char* name : {"output.txt", "log.txt"}) {
    const std::string path = trial_folder + "/" + name;
    if (files.exists(path)) text = files.read(path);
    if (!text.empty()) break;
  }
  absl::StripTrailingAsciiWhitespace(&text);
  std::vector<std::string> all = absl::StrSplit(text, '\n');
  if (std::ssize(all) > lines) all.erase(all.begin(), all.end() - lines);
  return absl::StrJoin(all, "\n");
}

double field_of(const EvaluationEvent& event, const std::string& field) {
  if (field == "top5") return event.top5;
  return field == "loss" ? event.loss : event.top1;
}

std::string last_line(std::string said) {
  absl::StripTrailingAsciiWhitespace(&said);
  return said.substr(said.rfind('\n') + 1);
}

std::vector<std::string> checkpoint_files(base::Files& files, const std::string& trial_folder) {
  const std::string folder = trial_folder + "/checkpoints";
  std::vector<std::string> paths;
  if (!files.exists(folder)) return paths;
  for (const std::string& name : files.list(folder)) {
    if (name.size() > 3 && name.ends_with(".pt")) paths.push_back(folder + "/" + name);
  }
  return paths;
}

std::optional<RunRecord> read_run_record(base::Files& files, const std::string& trial_folder) {
  using Json = nlohmann::json;
  const std::string path = trial_folder + "/run.json";
  if (!files.exists(path)) return std::nullopt;
  try {
    const Json json = Json::parse(files.read(path, 1'000'000));
    RunRecord record;
    record.r50 = json.value("r50", "");
    record.git = json.value("git", "");
    record.libtorch = json.value("libtorch", "");
    record.device = json.value("device", "");
    record.cpu = json.value("cpu", "");
    record.gpu = json.value("gpu", "");
    record.instructions = json.value("instructions", "");
    record.precision = json.value("precision", "");
    record.compute_threads = json.value("compute_threads", std::int64_t{0});
    for (const Json& start : json.value("went_on", Json::array())) {
      record.went_on = start.value("machine", record.went_on);
    }
    return record;
  } catch (
      const std::exception&) {  // damaged, or gone since it was looked for: a network may be late
    return std::nullopt;
  }
}

std::optional<double> written_at(const std::string& path) {
  struct stat about = {};
  if (::stat(path.c_str(), &about) != 0) return std::nullopt;
  return static_cast<double>(about.st_mtim.tv_sec) +
         1e-9 * static_cast<double>(about.st_mtim.tv_nsec);
}

double seconds_without_controller(const std::string& folder, double began, const base::Clock& clock,
                                  bool ended) {
  if (began <= 0) return 0;
  const double now = clock.wall_seconds();
  double last = ended ? began : now;
  if (ended) {
    for (const char* name : {"/exit", "/result.json", "/metrics.jsonl", "/log.txt"}) {
      last = std::max(last, written_at(folder + name).value_or(0));
    }
  }
  return std::max(0.0, std::min(last, now) - began);
}

Facts read_facts(base::Files& files, const std::string& trial_folder, const std::string& metric) {
  Facts facts;
  const MetricName name = split_metric(metric);
  const std::string metrics = trial_folder + "/metrics.jsonl";
  const std::string result = trial_folder + "/result.json";
  read_exit_code(files, trial_folder + "/exit", facts);
  if (metric == suggested_rate) {
    read_finder(files, trial_folder, metric, facts);
    return facts;
  }
  try {
    if (files.exists(metrics)) {
      const std::vector<Row> rows = report::read_rows(files, metrics);
      read_reports(rows, name, facts);
      read_gaps(rows, facts);
    }
  } catch (const Error&) {
    facts.reports.clear();  // damaged: continuing the trial mends it
  }
  if (!files.exists(result)) return facts;
  const Json json = Json::parse(files.read(result), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return facts;
  facts.finished = true;
  try {
    read_result(json, name, facts);
  } catch (const Json::exception&) {
    facts.result = std::nullopt;
  }
  if (!facts.result && name.field == "train_loss") facts.result = number_in(json, "train_loss");
  return facts;
}

}  // namespace r50::sweep
