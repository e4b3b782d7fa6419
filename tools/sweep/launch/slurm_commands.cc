#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <sstream>

#include "r50/error.h"
#include "sweep/launch/slurm.h"

namespace r50::sweep {
namespace {

// "1:30:05" to its numbers; empty if it holds anything else.
std::vector<double> colon_numbers(const std::string& text) {
  std::vector<double> numbers;
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  for (const std::string& part : parts) {
    if (part.empty() || part.size() > 9 ||
        part.find_first_not_of("0123456789") != std::string::npos) {
      return {};
    }
    numbers.push_back(std::stod(part));
  }
  return numbers;
}

}  // namespace

std::vector<std::string> sbatch_words(const LauncherTable& table, const std::string& name,
                                      std::size_t elements, const std::string& where,
                                      const std::string& output) {
  std::vector<std::string> words = {
      "sbatch",
      "--parsable",
      "--job-name=" + name,
      absl::StrCat("--array=0-", elements - 1),
      "--requeue",
      "--open-mode=append",
      absl::StrCat("--signal=B:TERM@", table.signal_seconds),
      absl::StrCat("--cpus-per-task=", table.cores),
      "--chdir=" + where,
      // sbatch's file name patterns begin with a percent sign.
      "--output=" + absl::StrReplaceAll(output, {{"%", "%%"}}),
  };
  const auto add = [&](const char* option, const std::string& value) {
    if (!value.empty()) words.push_back(option + value);
  };
  add("--partition=", table.partition);
  add("--account=", table.account);
  add("--gres=", table.gres);
  add("--time=", table.time);
  words.insert(words.end(), table.sbatch.begin(), table.sbatch.end());
  return words;
}

double slurm_seconds(const std::string& text) {
  if (text == "INFINITE" || text == "UNLIMITED" || text == "infinite" || text == "unlimited") {
    return 0;
  }
  const std::size_t dash = text.find('-');
  const bool has_days = dash != std::string::npos;
  const std::vector<double> days =
      has_days ? colon_numbers(text.substr(0, dash)) : std::vector<double>{0};
  std::vector<double> rest = colon_numbers(has_days ? text.substr(dash + 1) : text);
  if (days.size() != 1 || rest.empty() || rest.size() > 3) return -1;
  // Hours come first after days; without them, a number is minutes, and two are minutes and
  // seconds.
  if (!has_days && rest.size() < 3) rest.insert(rest.begin(), 0);
  rest.resize(3, 0);
  return 86400 * days[0] + 3600 * rest[0] + 60 * rest[1] + rest[2];
}

void check_slurm_table(const LauncherTable& table) {
  if (!table.time.empty()) {
    const double limit = slurm_seconds(table.time);
    if (limit < 0) {
      throw WrongInput(
          absl::StrFormat("[launcher] time is '%s', which is no time for SLURM: write minutes, "
                          "hours:minutes:seconds or days-hours, such as \"04:00:00\".",
                          table.time));
    }
    if (limit > 0 && limit <= static_cast<double>(table.signal_seconds)) {
      throw WrongInput(absl::StrFormat(
          "[launcher] time is %s, and a trial is asked to save %d seconds before that: it would "
          "never train. Make time longer, or signal_seconds shorter.",
          table.time, table.signal_seconds));
    }
  }
  for (const std::string& word : table.sbatch) {
    const std::string option = word.substr(0, word.find('='));
    for (const char* own :
         {"--array", "--job-name", "--wrap", "--signal", "--no-requeue", "--chdir", "--parsable",
          "--test-only", "--wait", "-a", "-J", "-W", "-D"}) {
      const bool short_one = own[1] != '-';
      if (short_one ? word.rfind(own, 0) == 0 : option == own) {
        throw WrongInput("[launcher] sbatch holds '" + word + "': r50sweep sets " + own +
                         " itself. Take it away.");
      }
    }
    if (word.empty() || word[0] != '-') {
      throw WrongInput("[launcher] sbatch holds '" + word +
                       "', which is no option: write one word an option, such as "
                       "\"--constraint=a100\".");
    }
  }
}

bool SlurmJob::waits() const {
  return pending() || state == "REQUEUED" || state == "REQUEUE_FED" || state == "REQUEUE_HOLD" ||
         state == "SPECIAL_EXIT" || state == "SUSPENDED" || state == "STOPPED";
}

bool SlurmJob::stuck() const {
  return state == "SPECIAL_EXIT" || reason == "launch_failed_requeued_held";
}

void SlurmQueue::renew() {
  if (engine_.clock.seconds() - asked_at_ >= every_) ask();
}

void SlurmQueue::ask() {
  asked_at_ = engine_.clock.seconds();
  const base::Finished listed =
      engine_.run({"squeue", "--noheader", "--array", "--me", "--format=%F %K %T %r|%j"}, {});
  answered_ = listed.exit_code == 0;
  if (!answered_) return;
  jobs_.clear();
  std::istringstream lines(listed.output);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    SlurmJob job;
    std::string array, index, name;
    words >> array >> index >> job.state >> std::ws;
    std::getline(words, job.reason, '|');
    std::getline(words, name);
    char* end = nullptr;
    const long number = std::strtol(index.c_str(), &end, 10);
    if (index.empty() || *end != '\0') continue;  // no array
    job.id = array + "_" + index;
    jobs_[{name, static_cast<int>(number)}] = job;
  }
}

const SlurmJob* SlurmQueue::find(const ArrayHandle& handle) const {
  const auto found = jobs_.find({handle.name, handle.index});
  return found == jobs_.end() ? nullptr : &found->second;
}

bool SlurmQueue::has_name(const std::string& name) const {
  const auto found = jobs_.lower_bound({name, 0});
  return found != jobs_.end() && found->first.first == name;
}

}  // namespace r50::sweep
