#include "plugin/search_path.h"

#include <absl/strings/str_split.h>
#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>

namespace r50::host {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view suffix = ".so";

// A folder that is reached by two ways is searched once, and called by the first of them.
class Folders {
 public:
  void add(const fs::path& folder) {
    std::error_code ignored;
    const fs::path whole = fs::absolute(folder, ignored).lexically_normal();
    fs::path real = fs::weakly_canonical(whole, ignored);
    if (real.empty()) real = whole;
    if (known_.insert(real.string()).second) list_.push_back(whole.string());
  }
  std::vector<std::string> list() && { return std::move(list_); }

 private:
  std::set<std::string> known_;
  std::vector<std::string> list_;
};

fs::path folder_of_this_library() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&file_name), &info) == 0 || !info.dli_fname) return {};
  std::error_code ignored;
  return fs::canonical(info.dli_fname, ignored).parent_path();
}

}  // namespace

std::optional<std::pair<Kind, std::string>> kind_and_name(const std::string& file) {
  std::string stem = fs::path(file).filename().string();
  if (!stem.ends_with(suffix)) return std::nullopt;
  stem.resize(stem.size() - suffix.size());
  for (const Kind kind : kinds) {
    const std::string prefix = "r50_" + std::string(kind_name(kind)) + "_";
    if (stem.starts_with(prefix) && stem.size() > prefix.size()) {
      return std::pair(kind, stem.substr(prefix.size()));
    }
  }
  return std::nullopt;
}

std::string file_name(Kind kind, const std::string& name) {
  return "r50_" + std::string(kind_name(kind)) + "_" + name + std::string(suffix);
}

SearchPath SearchPath::standard(const std::vector<std::string>& first) {
  Folders folders;
  for (const std::string& folder : first) folders.add(folder);
  if (const char* variable = std::getenv("R50_PLUGIN_PATH")) {
    // An empty part would mean the current directory, as in PATH: plugins are never taken from
    // there by accident.
    const std::vector<std::string> named =
        absl::StrSplit(std::string(variable), ':', absl::SkipEmpty());
    for (const std::string& folder : named) folders.add(folder);
  }
  // The build tree and an installation look alike: PREFIX/bin/r50run, PREFIX/lib/libr50.so.
  std::error_code none;
  const fs::path program = fs::read_symlink("/proc/self/exe", none);
  if (!none) folders.add(program.parent_path().parent_path() / "lib" / "r50" / "plugins");
  const fs::path library = folder_of_this_library();
  if (!library.empty()) folders.add(library / "r50" / "plugins");
  return SearchPath(std::move(folders).list());
}

std::vector<std::string> SearchPath::find(Kind kind, const std::string& name) const {
  std::vector<std::string> files;
  for (const std::string& folder : folders_) {
    const fs::path file = fs::path(folder) / file_name(kind, name);
    std::error_code ignored;
    // Whatever stands there counts, even a broken link: a user who put it there wants to hear of it
    // rather than get another file of that name.
    if (fs::exists(fs::symlink_status(file, ignored))) files.push_back(file.string());
  }
  return files;
}

std::vector<SearchPath::Found> SearchPath::all() const {
  std::vector<Found> found;
  for (const std::string& folder : folders_) {
    std::vector<std::string> files;
    std::error_code none;
    for (fs::directory_iterator it(folder, none), end; !none && it != end; it.increment(none)) {
      files.push_back(it->path().string());
    }
    std::sort(files.begin(), files.end());
    for (std::string& file : files) {
      if (auto known = kind_and_name(file)) {
        found.push_back({known->first, std::move(known->second), std::move(file)});
      }
    }
  }
  return found;
}

}  // namespace r50::host
