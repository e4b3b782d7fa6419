#include "sweep/roster/branch.h"

#include <absl/strings/str_format.h>
#include <openssl/evp.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "r50/error.h"

namespace r50::sweep {
namespace {

using Json = nlohmann::ordered_json;

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

}  // namespace

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
    answer.id += "-" + id;
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
                sha256_of(content), base::short_id(content)};
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

}  // namespace r50::sweep
