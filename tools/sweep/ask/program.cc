#include "sweep/ask/program.h"

#include <cstdlib>
#include <filesystem>

#include "base/hash.h"

namespace r50::sweep {

std::string r50run_program() {
  if (const char* const named = std::getenv("R50_RUN")) return named;
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return (self.parent_path() / "r50run").string();
}

std::vector<Checked> check_for_program(const SweepFile& sweep,
                                       const std::vector<Settings>& variants) {
  std::vector<Checked> all;
  std::string what;
  for (const std::string& word : sweep.launcher.program) what += word + "\n";
  for (const Settings& settings : variants) {
    Checked one;
    std::string content = what + sweep.base + "\n";
    one.epochs = 1;
    for (const Setting& setting : settings) {
      content += setting.word() + "\n";
      if (setting.key == "run.epochs" && setting.value.integer()) {
        one.epochs = *setting.value.integer();
      }
    }
    one.id = base::short_id(content);
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace r50::sweep
