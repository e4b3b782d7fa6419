#include "sweep/roster/begun_with.h"

#include <openssl/evp.h>

#include <absl/strings/str_format.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "config/document.h"
#include "config/identity.h"
#include "r50/error.h"

namespace r50::sweep {
namespace {

using Json = nlohmann::ordered_json;

// r50run fills in again what it is given: to that, the text must be the same.
void escape(Value& value) {
  if (Table* table = value.table()) {
    for (Table::Entry& entry : table->entries()) escape(entry.value);
  } else if (Array* array = value.array()) {
    for (Value& item : *array) escape(item);
  } else if (const std::string* text = value.text()) {
    const std::string escaped = config::without_environment(*text);
    if (escaped != *text) value = Value(escaped, Spot(value.spot()));
  }
}

std::string sha256_of(const std::string& content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_sha256(), nullptr) !=
      1) {
    throw Error("this OpenSSL cannot make a SHA-256");
  }
  std::string text;
  for (unsigned i = 0; i < size; ++i) absl::StrAppendFormat(&text, "%02x", digest[i]);
  return text;
}

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

FrozenEnvironment::FrozenEnvironment(base::Files& files, std::string file)
    : files_(files), file_(std::move(file)) {
  if (!files_.exists(file_)) return;
  try {
    const Json json = Json::parse(files_.read(file_));
    for (const auto& [name, value] : json.items()) {
      if (!value.is_null()) known_[name] = value.get<std::string>();
      if (value.is_null()) known_[name] = std::nullopt;
    }
  } catch (const Json::exception& error) {
    throw WrongInput("'" + file_ + "', which keeps the environment that the sweep began with, is " +
                     "damaged (" + error.what() +
                     "). Put it back, or give the sweep another name.");
  }
}

void FrozenEnvironment::fill_in(SweepFile& sweep, Problems& problems) {
  const config::Environment now = config::process_environment();
  const config::Environment frozen = [&](const std::string& name) {
    auto found = known_.find(name);
    if (found == known_.end()) {
      found = known_.emplace(name, now(name)).first;
      grown_ = true;
    }
    return found->second;
  };
  const auto fill = [&](Settings& settings) {
    for (Setting& setting : settings) {
      config::fill_in_environment(setting.value, frozen, problems);
      escape(setting.value);
    }
  };
  fill(sweep.parameters.constants);
  for (VariedKey& axis : sweep.parameters.axes) {
    for (Settings& choice : axis.choices) fill(choice);
  }
  fill(sweep.confirm.set);
}

void FrozenEnvironment::keep() const {
  if (!grown_) return;
  Json json = Json::object();
  for (const auto& [name, value] : known_) {
    json[name] = value ? Json(*value) : Json(nullptr);
  }
  base::write_atomically(files_, file_, json.dump(1) + "\n");
}

void Branch::apply_to(std::vector<Checked>& answers) const {
  for (Checked& answer : answers) {
    if (!answer.good()) continue;
    const std::int64_t steps = answer.epochs * answer.steps_per_epoch;
    if (steps <= step) {
      Problem problem;
      problem.what = absl::StrFormat(
          "a trial ends after epoch %d (step %d), but its branch begins at step %d, where %s "
          "stands",
          answer.epochs, steps, step, checkpoint);
      problem.hint = "set run.epochs to more than the parent has trained";
      answer.problems.push_back(std::move(problem));
      continue;
    }
    answer.begin = step / answer.steps_per_epoch;
    answer.epochs -= answer.begin;
    answer.id += id_suffix;
  }
}

void Branch::keep(base::Files& files, const std::string& path) const {
  const Json json = {{"checkpoint", checkpoint}, {"sha256", sha256}, {"step", step}};
  base::write_atomically(files, path, json.dump(2) + "\n");
}

Branch open_branch(base::Files& files, const std::string& checkpoint, const Experiments& r50run,
                   const std::string& kept) {
  if (!files.exists(checkpoint) || files.is_folder(checkpoint)) {
    throw WrongInput("branch names '" + checkpoint +
                     "', which is no file. The path is relative to the current folder, as runs/ "
                     "is. Train the parent first, or correct the path.");
  }
  const std::string content = files.read(checkpoint);
  Branch branch{std::filesystem::absolute(checkpoint).lexically_normal().string(),
                sha256_of(content), config::branch_suffix(content)};
  if (files.exists(kept)) {
    const Json before = Json::parse(files.read(kept), nullptr, false);
    const std::string sha256 = before.is_object() ? before.value("sha256", "") : "";
    if (sha256 != branch.sha256) {
      throw WrongInput(absl::StrFormat(
          "branch names '%s', which is not the checkpoint that this sweep was begun with: its "
          "SHA-256 was %s and is %s. The parent may have trained further; branch from a checkpoint "
          "that stays, such as epoch_0090.pt. Put the file back, or give the sweep another name.",
          checkpoint, sha256, branch.sha256));
    }
  }
  branch.step = r50run.step_of(branch.checkpoint);
  return branch;
}

Build build_of(const std::vector<Checked>& answers) {
  Build all;
  for (const Checked& answer : answers) all.insert(answer.build.begin(), answer.build.end());
  return all;
}

Builds::Builds(base::Files& files, std::string file) : files_(files), file_(std::move(file)) {
  if (!files_.exists(file_)) return;
  const auto json = Json::parse(files_.read(file_), nullptr, /*allow_exceptions=*/false);
  try {
    builds_ = json.get<std::vector<Build>>();
  } catch (const Json::exception& error) {
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
  if (builds_ != before) base::write_atomically(files_, file_, Json(builds_).dump(1) + "\n");
}

}  // namespace r50::sweep
