#include "support/base/faulty_files.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

namespace r50::test {

namespace fs = std::filesystem;
using base::FileError;
using base::real_files;

class FaultyOutput final : public base::OutputFile {
 public:
  FaultyOutput(FaultyFiles& disk, std::string path, std::shared_ptr<FaultyFiles::Content> content,
               std::unique_ptr<base::OutputFile> file)
      : disk_(disk), path_(std::move(path)), content_(std::move(content)), file_(std::move(file)) {}

  void write(const void* data, std::size_t size) override {
    disk_.write(path_, content_, *file_, data, size);
  }

  // Not synced for real: tests would take minutes.
  void sync() override {
    disk_.operation("sync", "write", path_);
    const std::lock_guard lock(disk_.mutex_);
    content_->synced = content_->now;
  }

  void close() override { file_->close(); }

 private:
  FaultyFiles& disk_;
  std::string path_;
  std::shared_ptr<FaultyFiles::Content> content_;
  std::unique_ptr<base::OutputFile> file_;
};

FaultyFiles::FaultyFiles(std::string root) : root_(std::move(root)) {
  for (const auto& entry : fs::recursive_directory_iterator(root_)) {
    if (!entry.is_regular_file()) continue;
    const std::string path = entry.path().string();
    const std::string content = real_files().read(path);
    now_[path] = std::make_shared<Content>(Content{content, content});
  }
  synced_ = now_;
}

void FaultyFiles::fail_at(std::int64_t number, int code, std::uint64_t bytes) {
  faults_[number] = {false, code, bytes};
}

void FaultyFiles::kill_at(std::int64_t number, std::uint64_t bytes) {
  faults_[number] = {true, 0, bytes};
}

void FaultyFiles::set_full(bool full) {
  const std::lock_guard lock(mutex_);
  full_ = full;
}

void FaultyFiles::forbid_links() { no_links_ = true; }

void FaultyFiles::break_reading(const std::string& path, int code) { unreadable_[path] = code; }

void FaultyFiles::watch(std::function<void(const Operation&)> watcher) {
  watcher_ = std::move(watcher);
}

std::vector<Operation> FaultyFiles::operations() const {
  const std::lock_guard lock(mutex_);
  return operations_;
}

void FaultyFiles::stay_alive() const {
  const std::lock_guard lock(mutex_);
  if (dead_) throw Killed();
}

std::optional<FaultyFiles::Fault> FaultyFiles::begin(const std::string& kind,
                                                     const std::string& path) {
  Operation operation;
  {
    const std::lock_guard lock(mutex_);
    stay_alive();
    const bool below = path.compare(0, root_.size() + 1, root_ + "/") == 0;
    operation = {static_cast<std::int64_t>(operations_.size()), kind,
                 below ? path.substr(root_.size() + 1) : path};
    operations_.push_back(operation);
  }
  if (watcher_) watcher_(operation);
  const std::lock_guard lock(mutex_);
  if (const auto found = faults_.find(operation.number); found != faults_.end()) {
    return found->second;
  }
  if (full_ && (kind == "create" || kind == "write")) return Fault{false, ENOSPC, 0};
  return std::nullopt;
}

void FaultyFiles::strike(const Fault& fault, const std::string& action, const std::string& path) {
  if (!fault.kills) throw FileError(action, path, fault.code);
  const std::lock_guard lock(mutex_);
  dead_ = true;
  throw Killed();
}

void FaultyFiles::operation(const std::string& kind, const std::string& action,
                            const std::string& path) {
  if (const auto fault = begin(kind, path)) strike(*fault, action, path);
}

void FaultyFiles::write(const std::string& path, const std::shared_ptr<Content>& content,
                        base::OutputFile& file, const void* data, std::size_t size) {
  const auto fault = begin("write", path);
  const std::lock_guard lock(mutex_);
  const std::size_t reached =
      fault ? static_cast<std::size_t>(std::min<std::uint64_t>(size, fault->bytes)) : size;
  file.write(data, reached);
  content->now.append(static_cast<const char*>(data), reached);
  if (fault) strike(*fault, "write", path);
}

std::unique_ptr<base::OutputFile> FaultyFiles::create(const std::string& path) {
  operation("create", "write", path);
  const std::lock_guard lock(mutex_);
  auto file = real_files().create(path);
  auto& content = now_[path];
  if (!content) content = std::make_shared<Content>();
  content->now.clear();
  return std::make_unique<FaultyOutput>(*this, path, content, std::move(file));
}

std::unique_ptr<base::OutputFile> FaultyFiles::append(const std::string& path) {
  operation("append", "write", path);
  const std::lock_guard lock(mutex_);
  auto file = real_files().append(path);
  auto& content = now_[path];
  if (!content) content = std::make_shared<Content>();
  return std::make_unique<FaultyOutput>(*this, path, content, std::move(file));
}

void FaultyFiles::rename(const std::string& from, const std::string& to) {
  operation("rename", "rename '" + from + "' to", to);
  const std::lock_guard lock(mutex_);
  real_files().rename(from, to);
  if (now_[from] == now_[to]) return;  // two names of one file: POSIX leaves both
  now_[to] = now_[from];
  now_.erase(from);
}

void FaultyFiles::remove(const std::string& path) {
  operation("remove", "remove", path);
  const std::lock_guard lock(mutex_);
  real_files().remove(path);
  now_.erase(path);
}

void FaultyFiles::truncate(const std::string& path, std::uint64_t size) {
  operation("truncate", "shorten", path);
  const std::lock_guard lock(mutex_);
  real_files().truncate(path, size);
  now_.at(path)->now.resize(size);
}

// Durable when it returns, as Files promises.
void FaultyFiles::make_folders(const std::string& path) {
  operation("make_folders", "make the folder", path);
  real_files().make_folders(path);
}

void FaultyFiles::sync_folder(const std::string& path) {
  operation("sync_folder", "write the folder", path);
  const std::lock_guard lock(mutex_);
  const auto inside = [&](const auto& entry) { return base::folder_of(entry.first) == path; };
  std::erase_if(synced_, inside);
  for (const auto& entry : now_) {
    if (inside(entry)) synced_.insert(entry);
  }
}

void FaultyFiles::link(const std::string& existing, const std::string& path) {
  operation("link", "link '" + existing + "' as", path);
  const std::lock_guard lock(mutex_);
  if (no_links_) throw FileError("link '" + existing + "' as", path, EPERM);
  real_files().link(existing, path);
  now_[path] = now_.at(existing);
}

void FaultyFiles::lose_power(Names names) {
  const std::lock_guard lock(mutex_);
  dead_ = true;
  std::vector<std::string> present;
  for (const auto& entry : fs::recursive_directory_iterator(root_)) {
    if (entry.is_regular_file()) present.push_back(entry.path().string());
  }
  for (const std::string& path : present) real_files().remove(path);
  for (const auto& [path, content] : names == Names::kept ? now_ : synced_) {
    const auto file = real_files().create(path);
    file->write(content->synced);
  }
}

std::string FaultyFiles::read(const std::string& path, std::uint64_t limit) {
  stay_alive();
  if (const auto found = unreadable_.find(path); found != unreadable_.end()) {
    throw FileError("read", path, found->second);
  }
  return real_files().read(path, limit);
}

bool FaultyFiles::exists(const std::string& path) {
  stay_alive();
  return real_files().exists(path);
}

bool FaultyFiles::is_folder(const std::string& path) {
  stay_alive();
  return real_files().is_folder(path);
}

std::uint64_t FaultyFiles::size(const std::string& path) {
  stay_alive();
  return real_files().size(path);
}

std::vector<std::string> FaultyFiles::list(const std::string& folder) {
  stay_alive();
  return real_files().list(folder);
}

std::uint64_t FaultyFiles::free_space(const std::string& path) {
  stay_alive();
  return full_ ? 0 : real_files().free_space(path);
}

std::unique_ptr<base::FileLock> FaultyFiles::lock(const std::string& path, std::string& holder) {
  stay_alive();
  return real_files().lock(path, holder);
}

}  // namespace r50::test
