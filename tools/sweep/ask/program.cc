#include "sweep/ask/program.h"

#include <cstdlib>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/hash.h"
#include "base/process.h"
#include "r50/error.h"

namespace r50::sweep {

std::string r50run_program() {
  if (const char* const named = std::getenv("R50_RUN")) return named;
  std::error_code ignored;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return (self.parent_path() / "r50run").string();
}

namespace {

// The files among its words: the program itself, a script. And the base, which it reads as it
// likes: so that cannot be frozen, but is known again.
Build program_build(const SweepFile& sweep) {
  Build build;
  const auto note = [&](const std::string& word, const std::string& path) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return;
    build["'" + word + "'"] = "of content " + base::short_id(base::real_files().read(path));
  };
  const auto where = std::filesystem::path(sweep.path).parent_path();
  for (const std::string& word : sweep.launcher.program) note(word, (where / word).string());
  for (const std::string& file : sweep.base) note(file, file);
  return build;
}

}  // namespace

std::vector<Checked> check_for_program(const SweepFile& sweep,
                                       const std::vector<Settings>& variants) {
  std::vector<Checked> all;
  const Build build = program_build(sweep);
  std::string what;
  for (const std::string& word : sweep.launcher.program) what += word + "\n";
  for (const Settings& settings : variants) {
    Checked one;
    std::string content = what;
    for (const std::string& file : sweep.base) content += file + "\n";
    one.epochs = 1;
    for (const Setting& setting : settings) {
      content += setting.word() + "\n";
      if (setting.key == "run.epochs" && setting.value.integer()) {
        one.epochs = *setting.value.integer();
      }
    }
    one.build = build;
    one.id = base::short_id(content);
    all.push_back(std::move(one));
  }
  return all;
}

std::vector<std::string> gpus_of_r50run() {
  const base::Finished child = base::run_process({r50run_program(), "env", "--json"});
  if (child.exit_code != 0) {
    throw Error("r50run cannot say which GPUs it sees: " + child.errors);
  }
  return gpus_in(child.output);
}

std::vector<std::string> gpus_in(const std::string& env_json) {
  try {
    return nlohmann::json::parse(env_json).at("gpus").get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception& error) {
    throw Error("r50run env answers what this r50sweep does not understand (" +
                std::string(error.what()) + "); are both of one build?");
  }
}

}  // namespace r50::sweep
