#include "base/files.h"

#include <exception>
#include <system_error>

namespace r50::base {

FileError::FileError(const std::string& action, std::string path, int code)
    : std::runtime_error("cannot " + action + " '" + path +
                         "': " + std::generic_category().message(code)),
      path_(std::move(path)),
      code_(code) {}

FileError::~FileError() = default;
OutputFile::~OutputFile() = default;
FileLock::~FileLock() = default;
Files::~Files() = default;

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

void write_atomically(Files& files, const std::string& path, std::string_view content) {
  const std::string temporary = path + ".tmp";
  try {
    auto file = files.create(temporary);
    file->write(content);
    file->sync();
    file->close();
    files.rename(temporary, path);
  } catch (...) {
    const std::exception_ptr reason = std::current_exception();
    try {
      files.remove(temporary);
    } catch (const FileError&) {  // the first failure is the one to tell
    }
    std::rethrow_exception(reason);
  }
  files.sync_folder(folder_of(path));
}

}  // namespace r50::base
