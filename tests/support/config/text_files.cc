#include "support/config/text_files.h"

#include <stdexcept>

#include "r50/error.h"

namespace r50::test {

namespace {
[[noreturn]] void refuse() { throw Error("these files can only be read"); }
}  // namespace

std::string TextFiles::read(const std::string& path, std::uint64_t limit) {
  const auto file = files_.find(path);
  if (file == files_.end()) throw Error("cannot read '" + path + "': no such file");
  return file->second.substr(0, limit);
}

bool TextFiles::exists(const std::string& path) { return files_.contains(path) || is_folder(path); }

bool TextFiles::is_folder(const std::string& path) {
  const auto inside = files_.lower_bound(path + "/");
  return inside != files_.end() && inside->first.starts_with(path + "/");
}

std::uint64_t TextFiles::size(const std::string& path) { return read(path, UINT64_MAX).size(); }
std::vector<std::string> TextFiles::list(const std::string&) { refuse(); }
std::unique_ptr<base::OutputFile> TextFiles::create(const std::string&) { refuse(); }
std::unique_ptr<base::OutputFile> TextFiles::append(const std::string&) { refuse(); }
void TextFiles::rename(const std::string&, const std::string&) { refuse(); }
void TextFiles::remove(const std::string&) { refuse(); }
void TextFiles::truncate(const std::string&, std::uint64_t) { refuse(); }
void TextFiles::make_folders(const std::string&) { refuse(); }
void TextFiles::sync_folder(const std::string&) { refuse(); }
void TextFiles::link(const std::string&, const std::string&) { refuse(); }
std::uint64_t TextFiles::free_space(const std::string&) { refuse(); }
std::unique_ptr<base::FileLock> TextFiles::lock(const std::string&, std::string&) { refuse(); }

}  // namespace r50::test
