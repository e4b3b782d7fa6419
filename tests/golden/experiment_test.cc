// What r50 says about experiment files: every case of tests/golden/experiment.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "config/document.h"
#include "config/experiment.h"
#include "config/rate_from_file.h"
#include "golden/golden_case.h"
#include "support/config/sample_plugins.h"
#include "support/config/text_files.h"

namespace r50::test {
namespace {

const std::string folder = std::string(R50_SOURCE_DIR) + "/tests/golden/experiment";

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".case") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The problems of a wrong experiment, the explanation of a right one.
std::string report_of(const GoldenCase& given, Problems& problems) {
  TextFiles files;
  files.put("base.toml", read_golden_case(folder + "/base.case").files.at("input.toml"));
  for (const auto& [name, text] : given.files) files.put(name, text);
  CompiledPlugins plugins;
  add_sample_plugins(plugins);
  const config::Environment environment =
      [&](const std::string& name) -> std::optional<std::string> {
    const auto variable = given.environment.find(name);
    if (variable == given.environment.end()) return std::nullopt;
    return variable->second;
  };

  auto document = config::load_document(
      files, {"input.toml"}, config::words_of_command_line(given.overrides), environment, problems);
  if (!document) return problems.report();
  config::take_up_rates(*document, files, plugins, config::SchedulerRates::from_files, problems);
  const auto experiment = config::read_experiment(*document, "input", plugins, problems);
  if (!experiment) return problems.report();
  return config::explain(*experiment, plugins);
}

class ExperimentFile : public testing::TestWithParam<std::string> {};

TEST_P(ExperimentFile, IsAnsweredAsAgreed) {
  const std::string path = folder + "/" + GetParam() + ".case";
  const GoldenCase given = read_golden_case(path);
  // Explained paths are absolute: from here they are the same everywhere.
  std::filesystem::current_path("/");
  Problems problems;
  std::string report = report_of(given, problems);
  if (!report.ends_with('\n')) report += '\n';

  for (const std::string& line : given.expect) EXPECT_THAT(report, testing::HasSubstr(line));
  if (!problems.empty()) {
    EXPECT_EQ(WrongInput(problems).exit_code(), Exit::wrong_input);
  }
  if (std::getenv("R50_APPROVE")) {
    renew_report(path, report);
  } else {
    EXPECT_EQ(report, given.report) << "if this is meant, tools/dev/approve renews " << path;
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, ExperimentFile, testing::ValuesIn(case_names()),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace r50::test
