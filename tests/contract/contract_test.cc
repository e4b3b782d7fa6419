// Every plugin of this build keeps the promises of its kind, and a plugin that breaks one is
// caught.

#include "contract/contract.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "plugins_verb.h"
#include "recipes.h"
#include "support/golden.h"

namespace r50 {
namespace {

using contract::Finding;
using testing::AllOf;
using testing::HasSubstr;

const host::SearchPath built({R50_BINARY_DIR "/lib/r50/plugins"});

std::vector<std::string> plugin_files() {
  std::vector<std::string> files;
  for (const auto& found : built.all()) files.push_back(found.file);
  return files;
}

class EveryPlugin : public testing::TestWithParam<std::string> {};

TEST_P(EveryPlugin, KeepsItsPromises) {
  host::Host host(built);
  const host::LoadedPlugin& plugin = host.load_file(GetParam());
  const test::Recipe recipe(plugin.entry.kind, plugin.entry.name);
  const contract::Report report = contract::check_plugin(host, plugin, recipe.values());
  EXPECT_TRUE(report.good()) << plugin.label() << "\n" << report.text();
  EXPECT_GT(report.count(Finding::Result::kept), 7U) << report.text();
}

INSTANTIATE_TEST_SUITE_P(Built, EveryPlugin, testing::ValuesIn(plugin_files()),
                         [](const auto& file) {
                           return std::filesystem::path(file.param).stem().string();
                         });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(EveryPlugin);

// The suite itself: each of these plugins breaks one promise.
struct Culprit {
  std::string file;
  std::string promise;
  std::string why;
};

class ABrokenPromise : public testing::TestWithParam<Culprit> {};

TEST_P(ABrokenPromise, IsFound) {
  const Culprit& culprit = GetParam();
  host::Host host{host::SearchPath{}};
  const auto& plugin = host.load_file(R50_CULPRITS "/" + culprit.file + ".so");
  const contract::Report report = contract::check_plugin(host, plugin, Value());
  EXPECT_EQ(report.count(Finding::Result::broken), 1U) << report.text();
  for (const Finding& finding : report.findings()) {
    if (finding.result != Finding::Result::broken) continue;
    EXPECT_EQ(finding.promise, culprit.promise);
    EXPECT_THAT(finding.note, HasSubstr(culprit.why));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, ABrokenPromise,
    testing::Values(
        Culprit{"r50_scheduler_poor_docs", "docs say something", "only repeats the key"},
        Culprit{"r50_scheduler_explodes", "every rate of a run is finite and not negative", "inf"},
        Culprit{"r50_scheduler_counts_calls", "rates may be asked in any order, and twice",
                "another rate"},
        Culprit{"r50_scheduler_forgets", "resumed from its saved state, it continues alike",
                "continues differently"},
        Culprit{"r50_scheduler_keeps_config", "its state loads under changed configurations",
                "under lr = "},
        Culprit{"r50_averaging_meddles", "it does not change training", "conv1.weight"},
        Culprit{"r50_loss_forgets_mean", "a class and its one-hot row are the same target",
                "the losses are"}),
    [](const auto& culprit) { return culprit.param.file.substr(4); });

TEST(CheckVerb, PrintsEachPromiseAndFailsForABrokenOne) {
  host::Host host{host::SearchPath{}};
  std::ostringstream good, bad;
  EXPECT_EQ(tools::check_plugin_file(host, R50_TEST_PLUGINS "/r50_scheduler_steady.so", {}, good),
            0);
  EXPECT_THAT(good.str(), AllOf(HasSubstr("ok"), HasSubstr("0 broken")));
  EXPECT_EQ(tools::check_plugin_file(host, R50_CULPRITS "/r50_scheduler_explodes.so", {}, bad), 1);
  EXPECT_THAT(bad.str(), AllOf(HasSubstr("BROKEN"), HasSubstr("1 broken")));
}

TEST(CheckVerb, TakesValuesAsTheCommandLineWritesThem) {
  host::Host host{host::SearchPath({R50_TEST_PLUGINS})};
  std::ostringstream out;
  const std::string chain = R50_TEST_PLUGINS "/r50_scheduler_chain.so";
  EXPECT_EQ(tools::check_plugin_file(host, chain, {"factor=101"}, out), 1);
  EXPECT_THAT(out.str(), HasSubstr("a factor above 100 makes no sense"));
  EXPECT_EQ(tools::check_plugin_file(host, chain, {"inner={use='steady', lr=3}"}, out), 0)
      << out.str();
}

void expect_golden(std::string text, const std::string& name) {
  if (!std::string(R50_SANITIZER).empty()) return;  // stamps then differ in more
  text = test::replaced(text, R50_TEST_PLUGINS, "<PLUGINS>");
  text = test::replaced(text, R50_TORCH_VERSION, "<TORCH>");
  test::expect_golden(text, R50_SOURCE_DIR "/tests/contract/" + name + ".expected");
}

TEST(ListVerb, ShowsGoodPluginsAndBrokenOnesWithTheReason) {
  host::Host host{host::SearchPath({R50_TEST_PLUGINS, "/nowhere"})};
  std::ostringstream out;
  EXPECT_EQ(tools::list_plugins(host, out), 0);
  EXPECT_THAT(out.str(), AllOf(HasSubstr("steady"), HasSubstr("The same learning rate"),
                               HasSubstr("BROKEN"), HasSubstr("/nowhere: no plugins")));
}

TEST(DescribeVerb, ShowsKeysWithDefaultsRangesAndDocs) {
  host::Host host{host::SearchPath({R50_TEST_PLUGINS})};
  std::ostringstream out;
  EXPECT_EQ(tools::describe_plugin(host, "chain", out), 0);
  EXPECT_THAT(out.str(), AllOf(HasSubstr("factor = 1"), HasSubstr("> 0"), HasSubstr("inner"),
                               HasSubstr("must be written")));
  EXPECT_EQ(tools::describe_plugin(host, "averaging/nothing", out), 0);
  expect_golden(out.str(), "describe");
}

TEST(DescribeVerb, GuessesWhatWasMeant) {
  host::Host host{host::SearchPath({R50_TEST_PLUGINS})};
  std::ostringstream out;
  try {
    tools::describe_plugin(host, "stedy", out);
    FAIL() << "there is no such plugin";
  } catch (const WrongInput& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("'stedy'"), HasSubstr("did you mean 'steady'?")));
  }
}

}  // namespace
}  // namespace r50
