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

namespace {

void write_and_rename(Files& files, const std::string& path, std::string_view content, bool sync) {
  const std::string temporary = path + ".tmp";
  try {
    auto file = files.create(temporary);
    file->write(content);
    if (sync) file->sync();
    file->close();
    files.rename(temporary, path);
  } catch (...) {
    const std::exception_ptr reason = std::current_exception();
    try {
      files.remove(temporary);
    } catch (const FileError&) {  // the first failure is the one to report
    }
    std::rethrow_exception(reason);
  }
}

}  // namespace

void write_atomically(Files& files, const std::string& path, std::string_view content) {
  write_and_rename(files, path, content, true);
  files.sync_folder(folder_of(path));
}

void replace_whole(Files& files, const std::string& path, std::string_view content) {
  write_and_rename(files, path, content, false);
}

}  // namespace r50::base
