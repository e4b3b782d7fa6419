#pragma once

// Clusters that live in a test: their commands are functions.

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/base/fake_clock.h"
#include "support/temp_folder.h"
#include "sweep/launch/engine.h"

namespace r50::sweep {

// SLURM as its commands show it.
class PlayedSlurm {
 public:
  struct Element {
    std::string state = "PENDING", reason = "Resources";
  };
  int max_array = 1001;
  bool down = false;             // slurmctld does not answer
  bool answers_late = false;     // it takes jobs, and sbatch says that it failed
  bool missing = false;          // no such commands
  std::size_t most = 1'000'000;  // elements that it takes in all
  std::string refusal;           // of whatever is submitted
  std::function<void()> before_sbatch = [] {};

  std::map<std::string, std::map<int, Element>> jobs;  // by name and index
  std::map<std::string, int> numbers;                  // of the arrays
  std::map<std::string, int> calls;                    // by command
  std::vector<std::vector<std::string>> submitted, cancelled;

  std::size_t elements() const {
    std::size_t count = 0;
    for (const auto& [name, elements] : jobs) count += elements.size();
    return count;
  }
  void set_all(const Element& element) {
    for (auto& [name, elements] : jobs) {
      for (auto& [index, one] : elements) one = element;
    }
  }

  base::Finished run(const std::vector<std::string>& argv) {
    ++calls[argv[0]];
    if (missing) return {127, "", "cannot run '" + argv[0] + "': No such file or directory"};
    if (argv[0] == "sbatch") return submit(argv);
    if (argv[0] == "scontrol") {
      return {0, "ClusterName = c\nMaxArraySize            = " + std::to_string(max_array) + "\n",
              ""};
    }
    if (down) return {1, "", "slurm_load_jobs error: Unable to contact slurm controller"};
    if (argv[0] == "scancel") {
      cancelled.push_back(argv);
      return {0, "", ""};
    }
    std::string text = "77 N/A RUNNING None|another job\n";
    for (const auto& [name, elements] : jobs) {
      for (const auto& [index, one] : elements) {
        text += std::to_string(numbers[name]) + " " + std::to_string(index) + " " + one.state +
                " " + one.reason + "|" + name + "\n";
      }
    }
    return {0, text, ""};
  }

 private:
  static std::string option(const std::vector<std::string>& argv, const std::string& name) {
    for (const std::string& word : argv) {
      if (word.rfind(name + "=", 0) == 0) return word.substr(name.size() + 1);
    }
    return "";
  }

  base::Finished submit(const std::vector<std::string>& argv) {
    before_sbatch();
    submitted.push_back(argv);
    if (!refusal.empty()) return {1, "", "sbatch: error: " + refusal + "\n"};
    const int last = std::stoi(option(argv, "--array").substr(2));
    if (last >= max_array) return {1, "", "sbatch: error: Invalid job array specification\n"};
    if (down && !answers_late) return {1, "", "sbatch: error: Unable to contact slurm controller"};
    if (argv.back() == "--test-only") return {0, "", "sbatch: Job 1 to start at once"};
    if (elements() + static_cast<std::size_t>(last) + 1 > most) {
      return {1, "", "sbatch: error: AssocMaxSubmitJobLimit\n"};
    }
    const std::string name = option(argv, "--job-name");
    numbers[name] = ++count_;
    for (int i = 0; i <= last; ++i) jobs[name][i] = {};
    if (answers_late) return {1, "", "sbatch: error: Socket timed out on send/recv operation"};
    return {0, std::to_string(count_) + "\n", ""};
  }

  int count_ = 100;
};

// A sweep's folder, a clock, and the messages of the launcher.
class LauncherTest : public testing::Test {
 protected:
  Engine engine(const std::function<base::Finished(const std::vector<std::string>&)>& run) {
    return {base::real_files(), clock_,
            [run](const std::vector<std::string>& argv, const base::ProcessOptions&) {
              return run(argv);
            },
            [this](const std::string& text) { told_.push_back(text); }, [](double) {}};
  }

  std::vector<Launch> launches(int count, int from = 0) {
    std::vector<Launch> all;
    for (int i = from; i < from + count; ++i) {
      const std::string id = "t" + std::to_string(i);
      std::filesystem::create_directories(folder_ / id);  // make_folders() syncs each
      all.push_back({id, folder_ / id, folder_.path(), {"task", "x=" + std::to_string(i)}});
    }
    return all;
  }

  // As the controller does it.
  Launcher::WriteDown write_down() {
    return [this](const Launch& launch, const std::string& handle) {
      handles_[launch.id] = handle;
      base::replace_whole(base::real_files(), launch.folder + "/lease", handle + "\n");
    };
  }

  test::TempFolder folder_;
  test::FakeClock clock_;
  std::vector<std::string> told_;
  std::map<std::string, std::string> handles_;  // by the trial's id
};

}  // namespace r50::sweep
