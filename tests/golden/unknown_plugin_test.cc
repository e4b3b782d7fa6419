// What the real plugin host says when an experiment names a plugin that is not there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document.h"
#include "config/experiment.h"
#include "plugin/host.h"
#include "support/config/text_files.h"
#include "support/golden.h"
#include "support/temp_folder.h"

namespace r50::test {
namespace {

// Names are looked up by file names alone, so that empty files serve.
TEST(UnknownPlugin, IsAnsweredAtItsPlaceWithANearGuess) {
  const TempFolder folder;
  for (const char* name :
       {"scheduler_cosine", "scheduler_constant", "averaging_ema", "loss_hinge"}) {
    folder.write("r50_" + std::string(name) + ".so", "");
  }
  TextFiles files;
  files.put("a.toml",
            "[run]\nepochs = 5\nbatch = 8\n"
            "[dataset]\nuse = \"shapes\"\n"
            "[model]\nuse = \"./models/none.so\"\n"
            "[optimizer]\nuse = \"ema\"\n"
            "[loss]\nuse = \"cross_entropy\"\n"
            "[scheduler]\nuse = \"cosin\"\n"
            "[[averaging]]\nuse = \"cosine\"\n");
  Problems problems;
  const auto document =
      config::load_document(files, {"a.toml"}, {}, config::process_environment(), problems);
  ASSERT_TRUE(document);
  host::Host host(host::SearchPath({folder.path()}));
  EXPECT_FALSE(config::read_experiment(*document, "a", host, problems));

  std::string report = replaced(problems.report(), folder.path(), "/plugins");
  report = replaced(report, std::filesystem::current_path().string(), "/current");
  using testing::HasSubstr;
  EXPECT_THAT(report, HasSubstr("a.toml:13:7: "));
  EXPECT_THAT(report, HasSubstr("did you mean 'cosine'?"));
  EXPECT_THAT(report, HasSubstr("a.toml:9:7: "));
  EXPECT_THAT(report, HasSubstr("'ema' is an averaging plugin"));
  EXPECT_THAT(report, HasSubstr("a.toml:15:7: "));
  EXPECT_THAT(report, HasSubstr("'cosine' is a scheduler plugin"));
  EXPECT_THAT(report, HasSubstr("a.toml:7:7: "));
  EXPECT_EQ(WrongInput(problems).exit_code(), Exit::wrong_input);
  expect_golden(report, std::string(R50_SOURCE_DIR) + "/tests/golden/unknown_plugin.expected");
}

}  // namespace
}  // namespace r50::test
