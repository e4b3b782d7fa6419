#include "sweep/ask/experiments.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "base/files.h"
#include "base/hash.h"
#include "base/process.h"
#include "r50/error.h"

namespace r50::sweep {
namespace {

using Json = nlohmann::ordered_json;

// "s.toml:4:7" back to its parts.
Spot spot_from(const std::string& text) {
  static const std::regex form(R"((.+):(\d+):(\d+))");
  std::smatch parts;
  if (!std::regex_match(text, parts, form)) return {text, 0, 0};
  return {parts[1], std::stoi(parts[2]), std::stoi(parts[3])};
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
  absl::StripTrailingAsciiWhitespace(&text);
  return text;
}

// The files among its words: the program itself, a script. And the base, which it reads as it
// likes: so that cannot be frozen, but is known again.
Build program_build(const SweepFile& sweep) {
  Build build;
  const auto note = [&](const std::string& word, const std::string& path) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return;
    build["'" + word + "'"] = "of content " + base::short_id(base::real_files().read(path));
  };
  const auto where = std::filesystem::path(sweep.path).parent_path();
  for (const std::string& word : sweep.launcher.program) note(word, (where / word).string());
  for (const std::string& file : sweep.base) note(file, file);
  return build;
}

}  // namespace

void refuse_problems(const std::vector<Checked>& answers) {
  Problems problems;
  for (const Checked& answer : answers) {
    for (const Problem& one : answer.problems) {
      const bool reported = std::ranges::any_of(problems.list(), [&](const Problem& other) {
        // A key that is wrong is so with each of its values.
        return other.what == one.what && other.spot.file == one.spot.file &&
               other.spot.line == one.spot.line;
      });
      if (!reported) problems.add(one.spot, one.what, one.hint);
    }
  }
  if (!problems.empty()) throw WrongInput(problems);
}

std::vector<std::string> concatenated(std::vector<std::string> words,
                                      const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::vector<Checked> Experiments::check(const std::vector<std::string>& files,
                                        const std::vector<Settings>& variants, Use use) const {
  std::string input;
  for (std::size_t i = 0; i < variants.size(); ++i) input += question(i, variants[i], use);
  const base::Finished child =
      base::run_process(concatenated({program_, "check", "--batch"}, files), {.input = input});
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
  const base::Finished child =
      base::run_process(concatenated(concatenated({program_, "explain"}, files), words));
  if (child.exit_code == 2) throw WrongInput(trimmed(child.errors));
  if (child.exit_code != 0) {
    throw Error(absl::StrFormat("'%s explain' ended with %d: %s", program_, child.exit_code,
                                trimmed(child.errors)));
  }
  return child.output;
}

std::string r50run_program() {
  if (const char* const named = std::getenv("R50_RUN")) return named;
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return (self.parent_path() / "r50run").string();
}

std::vector<Checked> check_for_program(const SweepFile& sweep,
                                       const std::vector<Settings>& variants) {
  std::vector<Checked> all;
  const Build build = program_build(sweep);
  std::string what;
  for (const std::string& word : sweep.launcher.program) what += word + "\n";
  for (const Settings& settings : variants) {
    Checked one;
    std::string content = what;
    for (const std::string& file : sweep.base) content += file + "\n";
    one.epochs = 1;
    for (const Setting& setting : settings) {
      content += setting.word() + "\n";
      if (setting.key == "run.epochs" && setting.value.integer()) {
        one.epochs = *setting.value.integer();
      }
    }
    one.build = build;
    one.id = base::short_id(content);
    all.push_back(std::move(one));
  }
  return all;
}

std::vector<std::string> gpus_of_r50run() {
  const base::Finished child = base::run_process({r50run_program(), "env", "--json"});
  if (child.exit_code != 0) {
    throw Error("r50run cannot say which GPUs it sees: " + child.errors);
  }
  return gpus_in(child.output);
}

std::vector<std::string> gpus_in(const std::string& env_json) {
  try {
    return nlohmann::json::parse(env_json).at("gpus").get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception& error) {
    throw Error("r50run env answers what this r50sweep does not understand (" +
                std::string(error.what()) + "); are both of one build?");
  }
}

}  // namespace r50::sweep
