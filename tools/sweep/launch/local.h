#pragma once

#include <map>
#include <string>
#include <vector>

#include "sweep/launch/launcher.h"

namespace r50::sweep {

// Processes of this machine. Each slot has a device and a share of the cores.
struct LocalSlot {
  std::string device;  // of CUDA_VISIBLE_DEVICES; empty: none
  int cores = 1;
};

// The slots of this machine: a slot a device (of CUDA_VISIBLE_DEVICES, if it is set), times
// `trials_per_device`; or `wanted` slots, if that is above 0, which share the devices in turn. The
// cores are divided among all.
std::vector<LocalSlot> local_slots(int wanted, int trials_per_device,
                                   const std::vector<std::string>& devices, int cores);
// As CUDA_VISIBLE_DEVICES names them, UUIDs too; else what nvidia-smi lists; else none.
std::vector<std::string> visible_devices();

class LocalLauncher final : public Launcher {
 public:
  explicit LocalLauncher(std::vector<LocalSlot> slots);

  int room() override;
  std::size_t start(const std::vector<Launch>& launches, const WriteDown& write_down) override;
  Life look(const std::string& handle) override;
  void end(const std::string& handle, How how) override;
  std::string stacks(const std::string& handle) override;
  void wait(double seconds) override;

  void adopt(const std::string& handle) override;

 private:
  void start_one(const Launch& launch, const WriteDown& write_down);
  void free_ended();

  std::vector<LocalSlot> slots_;
  std::map<std::size_t, std::string> taken_;  // slot to handle
};

// Where the threads of a trial's processes stand, for a user who wonders why it hangs: each one's
// name, state, and what the kernel waits in; of the trial itself the calls too, where eu-stack or
// gdb is installed and may look. Takes half a minute at most. `keeper`: a text by which the shells
// are known that watch over the trial; they are left out.
std::string stacks_of_group(int group, const std::string& keeper);

}  // namespace r50::sweep
