#include "sweep/ask/experiments.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include <absl/strings/str_format.h>

#include "base/process.h"

namespace r50::sweep {
namespace {

using Json = nlohmann::ordered_json;

// "s.toml:4:7" back to its parts.
Spot spot_from(const std::string& text) {
  Spot spot{text, 0, 0};
  const auto column = text.rfind(':');
  const auto line =
      column == std::string::npos || column == 0 ? column : text.rfind(':', column - 1);
  if (line == std::string::npos || line == column) return spot;
  const auto number = [&](std::size_t from, std::size_t to) {
    return std::atoi(text.substr(from + 1, to - from - 1).c_str());
  };
  spot.line = number(line, column);
  spot.column = number(column, text.size());
  if (spot.line > 0) spot.file = text.substr(0, line);
  return spot;
}

std::string question(std::size_t number, const Settings& settings, Experiments::Use use) {
  Json words = Json::array();
  for (const Setting& setting : settings) {
    const Spot& spot = setting.value.spot();
    Json word = {{"word", setting.word()}};
    if (spot.known()) {
      word["file"] = spot.file;
      word["line"] = spot.line;
      word["column"] = spot.column;
    }
    words.push_back(std::move(word));
  }
  Json json = {{"number", number}, {"set", std::move(words)}};
  if (use == Experiments::Use::find_rate) json["finder"] = true;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Checked checked_of(const Json& json) {
  Checked checked;
  if (json.contains("problems")) {
    for (const Json& one : json.at("problems")) {
      checked.problems.push_back({spot_from(one.at("where")), one.at("what"), one.at("hint")});
    }
    return checked;
  }
  checked.id = json.at("id");
  checked.former_id = json.value("former_id", checked.id);
  checked.name = json.at("name");
  checked.epochs = json.at("epochs");
  checked.steps_per_epoch = json.at("steps_per_epoch");
  checked.evaluated = json.value("evaluated", 0);
  checked.predictable = json.at("predictable");
  checked.metrics = json.at("metrics").get<std::vector<std::string>>();
  checked.resolved = json.at("resolved");
  checked.build = json.value("build", Build());
  return checked;
}

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace

void refuse_problems(const std::vector<Checked>& answers) {
  Problems problems;
  for (const Checked& answer : answers) {
    for (const Problem& one : answer.problems) {
      const bool told =
          std::any_of(problems.list().begin(), problems.list().end(), [&](const Problem& other) {
            // A key that is wrong is so with each of its values.
            return other.what == one.what && other.spot.file == one.spot.file &&
                   other.spot.line == one.spot.line;
          });
      if (!told) problems.add(one.spot, one.what, one.hint);
    }
  }
  if (!problems.empty()) throw WrongInput(problems);
}

std::vector<Checked> Experiments::check(const std::vector<std::string>& files,
                                        const std::vector<Settings>& variants, Use use) const {
  std::string input;
  for (std::size_t i = 0; i < variants.size(); ++i) input += question(i, variants[i], use);
  std::vector<std::string> words = {program_, "check", "--batch"};
  words.insert(words.end(), files.begin(), files.end());
  const base::Finished child = base::run_process(words, {.input = input});
  if (child.exit_code == 2) throw WrongInput(trimmed(child.errors));
  std::vector<Checked> answers;
  std::istringstream lines(child.output);
  try {
    for (std::string line; std::getline(lines, line);) {
      answers.push_back(checked_of(Json::parse(line)));
    }
  } catch (const Json::exception& error) {
    throw Error("'" + program_ + "' answers what this r50sweep does not understand (" +
                error.what() + "); are both of one build?");
  }
  if (child.exit_code != 0 || answers.size() != variants.size()) {
    throw Error(absl::StrFormat("'%s check --batch' ended with %d after %d of %d answers: %s",
                                program_, child.exit_code, answers.size(), variants.size(),
                                trimmed(child.errors)));
  }
  return answers;
}

std::int64_t Experiments::step_of(const std::string& checkpoint) const {
  const base::Finished child = base::run_process({program_, "inspect", checkpoint, "--json"});
  const auto json = Json::parse(child.output, nullptr, false);
  if (child.exit_code == 0 && json.is_object() && json.contains("step")) return json["step"];
  throw WrongInput("'" + checkpoint + "' is no checkpoint to branch from: " +
                   trimmed(child.errors.empty() ? child.output : child.errors));
}

std::string Experiments::frozen(const std::vector<std::string>& files,
                                const std::vector<std::string>& words) const {
  std::vector<std::string> line = {program_, "explain"};
  line.insert(line.end(), files.begin(), files.end());
  line.insert(line.end(), words.begin(), words.end());
  const base::Finished child = base::run_process(line);
  if (child.exit_code == 2) throw WrongInput(trimmed(child.errors));
  if (child.exit_code != 0) {
    throw Error(absl::StrFormat("'%s explain' ended with %d: %s", program_, child.exit_code,
                                trimmed(child.errors)));
  }
  return child.output;
}

}  // namespace r50::sweep
