#include "assemble/build_stamp.h"

#include <link.h>
#include <torch/headeronly/version.h>

#include <filesystem>
#include <vector>

#include "base/hash.h"

namespace r50::assemble {
namespace {

// This program and the libraries of r50 that it has loaded, but for plugins, which are asked for by
// themselves.
std::vector<std::string> own_files() {
  std::vector<std::string> files = {"/proc/self/exe"};
  const auto note = [](dl_phdr_info* object, std::size_t, void* into) {
    const std::string path = object->dlpi_name;
    if (std::filesystem::path(path).filename().string().rfind("libr50", 0) == 0) {
      static_cast<std::vector<std::string>*>(into)->push_back(path);
    }
    return 0;
  };
  ::dl_iterate_phdr(note, &files);
  return files;
}

std::string own_content(base::Files& files) {
  std::string hashes;
  for (const std::string& file : own_files()) hashes += base::content_hash(files.read(file));
  return base::short_id(hashes);
}

}  // namespace

std::map<std::string, std::string> build_stamp(const host::Host& host, base::Files& files) {
  static const std::string own = std::string(R50_VERSION " of content ") + own_content(files);
  static std::map<std::string, std::string> contents;  // of plugins, by their files
  std::map<std::string, std::string> stamp = {{"r50run", own}, {"libtorch", TORCH_VERSION}};
  for (const host::LoadedPlugin* plugin : host.loaded()) {
    std::string& content = contents[plugin->file];
    if (content.empty()) content = base::short_id(files.read(plugin->file));
    stamp[std::string(kind_name(plugin->entry.kind)) + " plugin " + plugin->entry.name] =
        "of content " + content;
  }
  return stamp;
}

}  // namespace r50::assemble
