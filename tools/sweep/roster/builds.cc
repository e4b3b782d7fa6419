#include "sweep/roster/builds.h"

#include <nlohmann/json.hpp>

namespace r50::sweep {
namespace {

using BuildsJson = nlohmann::ordered_json;

std::vector<std::string> build_differences(const Build& then, const Build& now) {
  std::vector<std::string> differences;
  for (const auto& [what, stamp] : now) {
    const auto before = then.find(what);
    if (before == then.end() || before->second == stamp) continue;
    differences.push_back(what + " was " + before->second + " and is " + stamp + " now");
  }
  return differences;
}

}  // namespace

Build build_of(const std::vector<Checked>& answers) {
  Build all;
  for (const Checked& answer : answers) all.insert(answer.build.begin(), answer.build.end());
  return all;
}

Builds::Builds(base::Files& files, std::string file) : files_(files), file_(std::move(file)) {
  if (!files_.exists(file_)) return;
  const auto json = BuildsJson::parse(files_.read(file_), nullptr, /*allow_exceptions=*/false);
  try {
    builds_ = json.get<std::vector<Build>>();
  } catch (const BuildsJson::exception& error) {
    throw WrongInput("'" + file_ + "', which says by what builds the trials were trained, is " +
                     "damaged (" + error.what() +
                     "). If it is still the build they began with, remove that file.");
  }
}

void Builds::meet(const Build& now, bool mixed) {
  const std::vector<Build> before = builds_;
  if (builds_.empty()) builds_.emplace_back();
  const std::vector<std::string> differences = build_differences(builds_.back(), now);
  if (!differences.empty()) {
    if (!mixed) {
      Problems problems;
      for (const std::string& one : differences) {
        problems.add(
            {}, one,
            "trials of two builds need not be comparable: continue with the build that the "
            "sweep has, or give a sweep of the new one another name; --mixed continues, "
            "and the report says which trials it concerns");
      }
      throw WrongInput(problems);
    }
    builds_.push_back(builds_.back());
    for (const auto& [what, stamp] : now) builds_.back()[what] = stamp;
  }
  builds_.back().insert(now.begin(), now.end());
  number_ = static_cast<std::int64_t>(builds_.size()) - 1;
  if (builds_ != before) base::write_atomically(files_, file_, BuildsJson(builds_).dump(1) + "\n");
}

}  // namespace r50::sweep
