// Any text -> document -> experiment -> schemas, and back through explain. Whatever the text, there
// is an answer: problems, or an experiment whose explanation reads back to the same experiment.
//
// A line "%%" begins the next part: the first is the file itself, the second the file base.toml
// that it may extend, the third holds words of the command line, one a line.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "config/document.h"
#include "config/experiment.h"
#include "config/identity.h"
#include "config/rate_from_file.h"
#include "support/config/sample_plugins.h"
#include "support/config/text_files.h"

void add_compiled_in_plugins(r50::Registrar& registrar);

namespace r50 {
namespace {

std::vector<std::string> split(const std::string& text, const std::string& by) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at; (at = text.find(by, from)) != std::string::npos; from = at + by.size()) {
    parts.push_back(text.substr(from, at - from));
  }
  parts.push_back(text.substr(from));
  return parts;
}

test::CompiledPlugins& plugins() {
  static test::CompiledPlugins* all = [] {
    auto* made = new test::CompiledPlugins;
    add_compiled_in_plugins(*made);  // the real ones first: of equal names, the first counts
    add_sample_plugins(*made);
    return made;
  }();
  return *all;
}

// The only variable there is, so that inputs mean the same on every machine.
std::optional<std::string> environment(const std::string& name) {
  if (name == "R50") return "value of R50";
  return std::nullopt;
}

std::optional<config::Experiment> read(test::TextFiles& files, const std::string& path,
                                       const std::vector<std::string>& overrides,
                                       Problems& problems) {
  auto document = config::load_document(files, {path}, config::words_of_command_line(overrides),
                                        environment, problems);
  if (!document) return std::nullopt;
  config::take_up_rates(*document, files, plugins(), config::SchedulerRates::from_files, problems);
  return config::read_experiment(*document, "stem", plugins(), problems);
}

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::abort();
}

void check_answer(const std::string& input) {
  const std::vector<std::string> parts = split(input, "\n%%\n");
  test::TextFiles files;
  files.put("folder/a.toml", parts[0]);
  if (parts.size() > 1) files.put("folder/base.toml", parts[1]);
  const auto overrides = parts.size() > 2 ? split(parts[2], "\n") : std::vector<std::string>{};

  Problems problems;
  const auto experiment = read(files, "folder/a.toml", overrides, problems);
  if (!experiment) {
    if (problems.report().empty()) fail("refused without a reason");
    return;
  }
  const std::string explained = config::explain(*experiment, plugins());
  files.put("/other/resolved.toml", explained);
  Problems again_problems;
  const auto again = read(files, "/other/resolved.toml", {}, again_problems);
  if (!again) fail("explain is not understood: " + again_problems.report() + "\n" + explained);
  if (!(again->resolved == experiment->resolved)) {
    for (const config::Difference& one :
         config::differences(experiment->resolved, again->resolved)) {
      std::fprintf(stderr, "%s: %s -> %s\n", one.key.c_str(), one.from.c_str(), one.to.c_str());
    }
    fail("explain reads back to another experiment:\n" + explained);
  }
}

}  // namespace
}  // namespace r50

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  r50::check_answer(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
