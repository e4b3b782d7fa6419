#include <absl/strings/str_join.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <absl/strings/str_format.h>

#include "config/experiment.h"
#include "config/paths.h"

namespace r50::config {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_listed = 8;

// "a.toml, b.toml": the files beside one of a data set, which are those of others.
std::string files_beside(const std::string& file) {
  const fs::path here = fs::path(file).parent_path();
  std::vector<std::string> names;
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(here.empty() ? "." : here, unreadable)) {
    const fs::path& path = entry.path();
    if (path.extension() == ".toml" && path.filename() != fs::path(file).filename()) {
      names.push_back(path.filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  if (names.size() > most_listed) names.resize(most_listed);
  return absl::StrJoin(names, ", ");
}

// "${NAME:-default}/x": NAME; else empty.
std::string variable_in(const std::string& written) {
  const std::size_t begin = written.find("${");
  if (begin == std::string::npos || written.compare(begin, 3, "${=") == 0) return "";
  const std::size_t end = written.find_first_of(":}", begin);
  return end == std::string::npos ? "" : written.substr(begin + 2, end - begin - 2);
}

std::string way_to_other_data(const Experiment& experiment, const Value& path) {
  const std::string& file = path.spot().file;
  const std::string* written = experiment.written.of(path);
  const std::string says = Value(written ? *written : *path.text()).toml();
  const std::string variable = written ? variable_in(*written) : "";
  std::string text = "to train on data that you have, ";
  if (!variable.empty()) text += absl::StrFormat("set the variable %s=FOLDER, or ", variable);
  text +=
      absl::StrFormat("change %s in %s, or add to the command: dataset.path=FOLDER", says, file);
  if (file == experiment.files.front()) return text;
  const std::string others = files_beside(file);
  if (others.empty()) return text;
  return text + ", or the file of another data set: r50run " + words(experiment.files) + " " +
         (fs::path(file).parent_path() / "NAME.toml").string() + ", with NAME.toml one of " +
         others;
}

}  // namespace

Problems with_way_to_other_data(const Problems& problems, const Experiment& experiment) {
  const Value* path = experiment.spec(Kind::dataset).table.table()->find("path");
  Problems all;
  for (const Problem& problem : problems.list()) {
    std::string hint = problem.hint;
    const bool of_path =
        path && path->text() && path->spot().line > 0 && problem.spot.text() == path->spot().text();
    if (of_path && !experiment.files.empty()) {
      hint += (hint.empty() ? "" : "\n    ") + way_to_other_data(experiment, *path);
    }
    all.add(problem.spot, problem.what, hint);
  }
  return all;
}

}  // namespace r50::config
