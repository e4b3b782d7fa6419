#include "sweep/launch/slurm.h"

#include <algorithm>

#include <absl/strings/str_format.h>

#include "r50/error.h"

namespace r50::sweep {
namespace {

// "1:30:05" to its numbers; empty if it holds anything else.
std::vector<double> colon_numbers(const std::string& text) {
  std::vector<double> numbers;
  std::size_t from = 0;
  for (;;) {
    const std::size_t to = std::min(text.find(':', from), text.size());
    const std::string part = text.substr(from, to - from);
    if (part.empty() || part.size() > 9 ||
        part.find_first_not_of("0123456789") != std::string::npos) {
      return {};
    }
    numbers.push_back(std::stod(part));
    if (to == text.size()) return numbers;
    from = to + 1;
  }
}

// sbatch's file name patterns begin with a percent sign.
std::string without_patterns(const std::string& path) {
  std::string text;
  for (const char letter : path) text += letter == '%' ? "%%" : std::string(1, letter);
  return text;
}

}  // namespace

std::vector<std::string> sbatch_words(const LauncherTable& table, const std::string& name,
                                      std::size_t elements, const std::string& where,
                                      const std::string& output) {
  std::vector<std::string> words = {
      "sbatch",
      "--parsable",
      "--job-name=" + name,
      "--array=0-" + std::to_string(elements - 1),
      "--requeue",
      "--open-mode=append",
      "--signal=B:TERM@" + std::to_string(table.signal_seconds),
      "--cpus-per-task=" + std::to_string(table.cores),
      "--chdir=" + where,
      "--output=" + without_patterns(output),
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

}  // namespace r50::sweep
