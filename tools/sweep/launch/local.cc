#include "sweep/launch/local.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/files.h"
#include "base/process.h"
#include "r50/error.h"
#include "sweep/launch/keeper.h"
#include "sweep/launch/process_mark.h"

namespace r50::sweep {
namespace {

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts = absl::StrSplit(text, by);
  for (std::string& part : parts) absl::StripAsciiWhitespace(&part);
  std::erase(parts, "");
  return parts;
}

std::vector<std::string> environment_of(const LocalSlot& slot) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    if (!slot.device.empty() && text.rfind("CUDA_VISIBLE_DEVICES=", 0) == 0) continue;
    all.emplace_back(text);
  }
  if (!slot.device.empty()) all.push_back("CUDA_VISIBLE_DEVICES=" + slot.device);
  return all;
}

std::vector<char*> local_pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// posix_spawn's two structures, freed however the call ends.
struct SpawnPlan {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;

  SpawnPlan() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
};

struct GoPipe {
  int ends[2] = {-1, -1};  // read, write

  GoPipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) throw Error("No trial can be started: too many open files.");
  }
  ~GoPipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  GoPipe(const GoPipe&) = delete;
  GoPipe& operator=(const GoPipe&) = delete;
  void say() const {
    if (::write(ends[1], "go\n", 3) != 3) throw Error("A trial ended before it began.");
  }
};

pid_t spawn(const Launch& launch, const LocalSlot& slot, int go) {
  std::vector<std::string> words = {"/bin/sh", "-c", local_keeper(), launch.folder + "/exit"};
  words.insert(words.end(), launch.argv.begin(), launch.argv.end());
  std::vector<std::string> environment = environment_of(slot);
  const std::string output = launch.folder + "/output.txt";
  SpawnPlan plan;
  posix_spawn_file_actions_addopen(&plan.actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&plan.actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0644);
  posix_spawn_file_actions_adddup2(&plan.actions, 1, 2);
  posix_spawn_file_actions_adddup2(&plan.actions, go, 3);
  posix_spawn_file_actions_addchdir_np(&plan.actions, launch.where.c_str());
  // A session of its own: what ends the controller's terminal does not end the trial. And the
  // signals that the controller holds back are not held back from it.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&plan.attributes, &none);
  posix_spawnattr_setflags(&plan.attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  const int code = ::posix_spawn(&pid, "/bin/sh", &plan.actions, &plan.attributes,
                                 local_pointers(words).data(), local_pointers(environment).data());
  if (code != 0) {
    throw Error("Trial " + launch.id + " cannot be started: " + std::strerror(code));
  }
  return pid;
}

// A local trial's handle: the mark of its process, and its slot.
struct LocalHandle {
  ProcessMark mark;
  std::size_t slot = 0;
};

std::optional<LocalHandle> local_handle(const std::string& text) {
  const auto space = text.rfind(' ');
  const auto mark = ProcessMark::parse(text.substr(0, space));
  if (!mark || space == std::string::npos) return std::nullopt;
  return LocalHandle{*mark,
                     static_cast<std::size_t>(std::strtoul(text.c_str() + space, nullptr, 10))};
}

}  // namespace

Launcher::~Launcher() = default;

std::vector<LocalSlot> local_slots(int wanted, int trials_per_device,
                                   const std::vector<std::string>& devices, int cores) {
  const std::size_t count = wanted > 0 ? static_cast<std::size_t>(wanted)
                            : devices.empty()
                                ? 1
                                : devices.size() * static_cast<std::size_t>(trials_per_device);
  const int share = std::max(1, cores / static_cast<int>(count));
  std::vector<LocalSlot> slots;
  for (std::size_t i = 0; i < count; ++i) {
    slots.push_back({devices.empty() ? "" : devices[i % devices.size()], share});
  }
  return slots;
}

std::vector<std::string> visible_devices() {
  if (const char* const named = std::getenv("CUDA_VISIBLE_DEVICES")) return split(named, ',');
  std::vector<std::string> devices;
  try {
    const base::Finished listed =
        base::run_process({"nvidia-smi", "--query-gpu=index", "--format=csv,noheader"});
    if (listed.exit_code == 0) devices = split(listed.output, '\n');
  } catch (const std::exception&) {  // no such program: no such devices
  }
  return devices;
}

LocalLauncher::LocalLauncher(std::vector<LocalSlot> slots) : slots_(std::move(slots)) {}

int LocalLauncher::room() {
  free_ended();
  return static_cast<int>(slots_.size()) - static_cast<int>(taken_.size());
}

std::size_t LocalLauncher::start(const std::vector<Launch>& launches, const WriteDown& write_down) {
  for (const Launch& launch : launches) start_one(launch, write_down);
  return launches.size();
}

void LocalLauncher::start_one(const Launch& launch, const WriteDown& write_down) {
  std::size_t slot = 0;
  while (taken_.count(slot) > 0) ++slot;
  if (slot >= slots_.size()) throw Error("There is no free slot for trial " + launch.id + ".");
  base::real_files().remove(launch.folder + "/exit");
  const GoPipe go;
  const pid_t pid = spawn(launch, slots_[slot], go.ends[0]);
  const std::string handle = absl::StrCat(mark_process(pid).text(), " ", slot);
  write_down(launch, handle);
  go.say();
  taken_[slot] = handle;
}

void LocalLauncher::adopt(const std::string& handle) {
  const auto known = local_handle(handle);
  if (!known || look(handle) != Life::alive) return;
  std::size_t slot = known->slot;
  while (taken_.count(slot) > 0) ++slot;  // there may be fewer slots now: it runs all the same
  taken_[slot] = handle;
}

Life LocalLauncher::look(const std::string& handle) {
  if (is_engine_handle(handle)) return Life::unknown;
  const auto known = local_handle(handle);
  if (!known) return Life::gone;
  if (!known->mark.of_this_host()) return Life::elsewhere;
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
  return known->mark.alive() ? Life::alive : Life::gone;
}

void LocalLauncher::free_ended() {
  for (auto it = taken_.begin(); it != taken_.end();) {
    it = look(it->second) == Life::gone ? taken_.erase(it) : std::next(it);
  }
}

void LocalLauncher::end(const std::string& handle, How how) {
  const auto known = local_handle(handle);
  if (!known || !known->mark.of_this_host() || !known->mark.alive()) return;
  ::kill(-known->mark.pid, how == How::gently ? SIGTERM : SIGKILL);
}

std::string LocalLauncher::stacks(const std::string& handle) {
  const auto known = local_handle(handle);
  if (!known || !known->mark.of_this_host() || !known->mark.alive()) return "";
  return stacks_of_group(known->mark.pid, local_keeper());
}

void LocalLauncher::wait(double seconds) {
  std::vector<pollfd> waiting;
  for (const auto& [slot, handle] : taken_) {
    const auto known = local_handle(handle);
    const long descriptor = known ? ::syscall(SYS_pidfd_open, known->mark.pid, 0) : -1;
    // Gone already: there is something to see now.
    if (descriptor < 0) seconds = 0;
    if (descriptor >= 0) waiting.push_back({static_cast<int>(descriptor), POLLIN, 0});
  }
  ::poll(waiting.data(), waiting.size(), static_cast<int>(seconds * 1000));
  for (const pollfd& one : waiting) ::close(one.fd);
}

}  // namespace r50::sweep
