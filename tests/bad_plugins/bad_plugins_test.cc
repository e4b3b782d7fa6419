// What a user reads when a plugin is bad: each message has a golden file, and its key words are
// also asserted by hand.

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "plugin/host.h"
#include "r50/progress.h"
#include "r50/scheduler.h"
#include "support/golden.h"
#include "support/temp_folder.h"

namespace r50 {
namespace {

using test::TempFolder;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string plugins = R50_TEST_PLUGINS;

Value table_for(const std::string& use) {
  Table table;
  table.set("use", Value(use, Spot{"night.toml", 7, 7}), Spot{"night.toml", 7, 1});
  table.set("lr", Value(0.5, Spot{"night.toml", 8, 6}), Spot{"night.toml", 8, 1});
  return Value(std::move(table), Spot{"night.toml", 6, 1});
}

struct Refusal {
  std::string text;
  Exit code = Exit::done;
};

// What building the plugin as a scheduler says; places and folders made machine independent.
Refusal refusal(const std::string& folder, const std::string& use) {
  RunFacts facts;
  facts.length = {.epochs = 2, .steps_per_epoch = 5};
  host::Host host{host::SearchPath({folder})};
  Refusal refusal;
  try {
    host.make<Scheduler>(table_for(use), facts);
  } catch (const Error& error) {
    refusal = {error.what(), error.exit_code()};
  }
  refusal.text = test::replaced(refusal.text, folder, "<PLUGINS>");
  refusal.text = test::replaced(refusal.text, R50_TORCH_VERSION, "<TORCH>");
  return refusal;
}

void expect_golden(const std::string& text, const std::string& name) {
  if (std::string(R50_SANITIZER).empty()) {  // with a sanitizer, stamps differ in more
    test::expect_golden(text, R50_SOURCE_DIR "/tests/bad_plugins/" + name + ".expected");
  }
}

struct Case {
  std::string name;
  std::vector<std::string> words;
  Exit code = Exit::wrong_input;
};

class BadPlugin : public testing::TestWithParam<Case> {};

TEST_P(BadPlugin, IsRefusedWithAReason) {
  const Case& bad = GetParam();
  const Refusal refused = refusal(plugins, bad.name);
  for (const std::string& word : bad.words) EXPECT_THAT(refused.text, HasSubstr(word));
  EXPECT_THAT(refused.text, HasSubstr("<PLUGINS>/r50_scheduler_" + bad.name + ".so"));
  EXPECT_THAT(refused.text, AllOf(Not(HasSubstr("Bad file descriptor")), Not(HasSubstr("boost"))));
  EXPECT_EQ(refused.code, bad.code);
  expect_golden(refused.text, bad.name);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadPlugin,
    testing::Values(
        Case{"other_abi", {"night.toml:7:7", "interface is number 0", "has number 4", "again"}},
        Case{"other_torch", {"night.toml:7:7", "libtorch 1.9", "<TORCH>", "again"}},
        Case{"other_cxx_abi", {"night.toml:7:7", "cxx98", "cxx11", "_GLIBCXX_USE_CXX11_ABI"}},
        Case{"other_sanitizer", {"night.toml:7:7", "Sanitizer", "same sanitizer"}},
        Case{"other_everything", {"number 77", "libtorch 1.9", "cxx98", "sanitizer 'msan'"}},
        Case{"no_plugin", {"night.toml:7:7", "not an r50 plugin", "R50_PLUGIN"}},
        Case{"no_entry", {"night.toml:7:7", "no entry function", "R50_PLUGIN"}},
        Case{"undefined_symbol", {"night.toml:7:7", "physics::rate_of(std::", "LIBRARIES"}},
        Case{"throws_exception",
             {"scheduler 'throws_exception'", "the moon is in the wrong house"},
             Exit::failed},
        Case{"throws_int", {"scheduler 'throws_int'", "no std::exception"}, Exit::failed},
        Case{"other_kind", {"night.toml:7:7", "scheduler 'other_kind'", "loss 'other_kind'"}},
        Case{"other_name",
             {"night.toml:7:7", "'other_name'", "'constant'", "r50_scheduler_constant.so"}},
        Case{"two_plugins", {"registers 2 plugins", "two_plugins, three_plugins", "exactly one"}},
        Case{"bad_schema", {"'use'", "mistake in the plugin's source"}}),
    [](const auto& bad) { return bad.param.name; });

TEST(BadPluginFile, AKeyTheConstructorRefusesIsNamedWithItsPlace) {
  const Refusal refused = refusal(plugins, "bad_key");
  EXPECT_THAT(refused.text, AllOf(HasSubstr("night.toml:8:6"), HasSubstr("'lr'"),
                                  HasSubstr("bad_key"), HasSubstr("use another scheduler")));
  EXPECT_EQ(refused.code, Exit::wrong_input);
  expect_golden(refused.text, "bad_key");
}

std::string bytes_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// The message for a file that the test itself puts into an empty folder.
std::string refusal_of_made(const std::string& name,
                            const std::function<void(const std::string& file)>& make) {
  const TempFolder folder;
  make(folder / ("r50_scheduler_" + name + ".so"));
  const Refusal refused = refusal(folder.path(), name);
  EXPECT_EQ(refused.code, Exit::wrong_input);
  EXPECT_THAT(refused.text, HasSubstr("night.toml:7:7: the plugin file '<PLUGINS>/r50_scheduler_"));
  expect_golden(refused.text, name);
  return refused.text;
}

TEST(BadPluginFile, AFolder) {
  EXPECT_THAT(
      refusal_of_made("folder", [](auto& file) { std::filesystem::create_directory(file); }),
      HasSubstr("is a folder"));
}

TEST(BadPluginFile, ATextFile) {
  EXPECT_THAT(
      refusal_of_made("text", [](auto& file) { std::ofstream(file) << "use = 'cosine'\n"; }),
      HasSubstr("is not a shared library"));
}

TEST(BadPluginFile, AnEmptyFile) {
  EXPECT_THAT(refusal_of_made("empty", [](auto& file) { std::ofstream{file}; }),
              HasSubstr("is not a shared library"));
}

TEST(BadPluginFile, APipeIsNotOpened) {  // which would wait for ever
  EXPECT_THAT(refusal_of_made("pipe", [](auto& file) { mkfifo(file.c_str(), 0644); }),
              HasSubstr("not a regular file"));
}

TEST(BadPluginFile, ALinkThatLeadsNowhere) {
  EXPECT_THAT(
      refusal_of_made("link", [](auto& file) { std::filesystem::create_symlink("x", file); }),
      HasSubstr("leads nowhere"));
}

TEST(BadPluginFile, CutShort) {
  const std::string whole = bytes_of(plugins + "/r50_scheduler_steady.so");
  ASSERT_GT(whole.size(), 1000U);
  EXPECT_THAT(refusal_of_made("cut",
                              [&](auto& file) {
                                std::ofstream(file, std::ios::binary)
                                    << whole.substr(0, whole.size() / 2);
                              }),
              HasSubstr("is damaged"));
}

TEST(BadPluginFile, Garbled) {
  std::string bytes = bytes_of(plugins + "/r50_scheduler_steady.so");
  ASSERT_GT(bytes.size(), 1000U);
  for (std::size_t i = 40; i < 48; ++i) bytes[i] = '\x7f';  // where the section table lies
  EXPECT_THAT(refusal_of_made("garbled",
                              [&](auto& file) { std::ofstream(file, std::ios::binary) << bytes; }),
              HasSubstr("is damaged"));
}

TEST(BadPluginFile, OfAnotherMachine) {
  std::string bytes = bytes_of(plugins + "/r50_scheduler_steady.so");
  ASSERT_GT(bytes.size(), 1000U);
  bytes[18] = 8;  // MIPS
  EXPECT_THAT(refusal_of_made("machine",
                              [&](auto& file) { std::ofstream(file, std::ios::binary) << bytes; }),
              HasSubstr("another kind of machine"));
}

// Root reads everything, so the question is asked by a child that is nobody.
TEST(BadPluginFile, NotReadable) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become an unprivileged user";
  const TempFolder folder;
  const std::string file =
      folder.write("r50_scheduler_secret.so", bytes_of(plugins + "/r50_scheduler_steady.so"));
  chmod(file.c_str(), 0600);
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::string text = "setuid failed";
    if (setgid(65534) == 0 && setuid(65534) == 0) text = refusal(folder.path(), "secret").text;
    const ssize_t written = write(pipe_ends[1], text.data(), text.size());
    _exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  close(pipe_ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = read(pipe_ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, n);
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_THAT(text, AllOf(HasSubstr("night.toml:7:7"), HasSubstr("cannot be read"),
                          HasSubstr("Permission denied"), HasSubstr("chmod")));
  expect_golden(text, "not_readable");
}

}  // namespace
}  // namespace r50
