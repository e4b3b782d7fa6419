#include "plugin/host.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "config/toml_source.h"
#include "r50/averaging.h"
#include "r50/scheduler.h"
#include "support/temp_folder.h"

namespace r50::host {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

const std::string folder = R50_TEST_PLUGINS;

Value toml(const std::string& text, const std::string& file = "a.toml") {
  Problems problems;
  auto value = config::parse_toml(text, file, problems);
  EXPECT_TRUE(value) << problems.report();
  return value.value_or(Value());
}

RunFacts some_run() {
  RunFacts facts;
  facts.length = {.epochs = 4, .steps_per_epoch = 5};
  return facts;
}

template <class Call>
std::string refusal(Call&& call) {
  try {
    call();
  } catch (const WrongInput& error) {
    return error.what();
  }
  return "";
}

std::string refusal_of_use(Kind kind, const std::string& use) {
  Host host{SearchPath({folder})};
  return refusal([&] { host.load(kind, use); });
}

TEST(Host, BuildsAPluginFromItsTable) {
  Host host{SearchPath({folder})};
  const auto scheduler = host.make<Scheduler>(toml("use = 'steady'\nlr = 0.25"), some_run());
  EXPECT_EQ(scheduler.call([](auto& it) { return it.rates({}).lr; }), 0.25);
  EXPECT_EQ(scheduler.label(), "scheduler 'steady' (" + folder + "/r50_scheduler_steady.so)");
}

TEST(Host, BuildsAPluginInsideAnother) {
  Host host{SearchPath({folder})};
  const auto scheduler = host.make<Scheduler>(
      toml("use = 'chain'\nfactor = 3\ninner = { use = 'steady', lr = 2 }"), some_run());
  EXPECT_EQ(scheduler.call([](auto& it) { return it.rates({}).lr; }), 6);
}

TEST(Host, AProblemOfANestedPluginIsPlaced) {
  Host host{SearchPath({folder})};
  const Value table = toml("use = 'chain'\n[inner]\nuse = 'steady'\nlrr = 2");
  EXPECT_THAT(refusal([&] { host.make<Scheduler>(table, some_run()); }),
              AllOf(HasSubstr("a.toml:4:1"), HasSubstr("'lrr'"), HasSubstr("did you mean 'lr'?")));
}

TEST(Host, AKeyRefusedByANestedConstructorIsPlaced) {
  Host host{SearchPath({folder})};
  const Value table = toml("use = 'chain'\n[inner]\nuse = 'bad_key'\nlr = 2");
  EXPECT_THAT(refusal([&] { host.make<Scheduler>(table, some_run()); }),
              AllOf(HasSubstr("a.toml:4:6"), HasSubstr("bad_key"), Not(HasSubstr("chain"))));
}

TEST(Host, AKeyLeftToItsDefaultIsPlacedAtTheUse) {
  Host host{SearchPath({folder})};
  EXPECT_THAT(refusal([&] { host.make<Scheduler>(toml("\nuse = 'bad_key'"), some_run()); }),
              AllOf(HasSubstr("a.toml:2:7"), HasSubstr("'lr'")));
}

TEST(Host, ARuleThatThrowsIsBlamedOnItsPlugin) {
  Host host{SearchPath({folder})};
  const Value table = toml("use = 'chain'\nfactor = 13\ninner = { use = 'steady' }");
  try {
    host.make<Scheduler>(table, some_run());
    FAIL() << "should have thrown";
  } catch (const PluginFailure& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("scheduler 'chain' (" + folder));
  }
}

TEST(Host, TellsAllProblemsOfATableWithoutBuilding) {
  Host host{SearchPath({folder})};
  Problems problems;
  EXPECT_EQ(host.schema(Kind::scheduler, toml("lr = 1"), problems), nullptr);
  EXPECT_EQ(host.schema(Kind::scheduler, toml("use = 3"), problems), nullptr);
  EXPECT_EQ(host.schema(Kind::scheduler, Value(5, {"a.toml", 9, 9}), problems), nullptr);
  ASSERT_EQ(problems.list().size(), 3U);
  EXPECT_THAT(problems.report(), AllOf(HasSubstr("'use'"), HasSubstr("a.toml:1:7"),
                                       HasSubstr("a.toml:9:9"), HasSubstr("steady")));
}

TEST(UnknownPlugin, ANearNameIsGuessed) {
  EXPECT_THAT(refusal_of_use(Kind::scheduler, "stedy"),
              AllOf(HasSubstr("no scheduler plugin 'stedy'"), HasSubstr("did you mean 'steady'?")));
}

TEST(UnknownPlugin, ANameOfAnotherKindIsRecognised) {
  EXPECT_THAT(refusal_of_use(Kind::scheduler, "nothing"),
              HasSubstr("'nothing' is an averaging plugin"));
}

TEST(UnknownPlugin, OtherwiseFoldersAndNamesAreTold) {
  EXPECT_THAT(refusal_of_use(Kind::averaging, "polyak"),
              AllOf(HasSubstr(folder), HasSubstr("r50_averaging_polyak.so"),
                    HasSubstr("averaging plugins are: nothing")));
}

TEST(UnknownPlugin, AnEmptyFolderAndAMissingOneAreSaid) {
  const TempFolder empty;
  Host host{SearchPath({empty.path(), empty / "no"})};
  EXPECT_THAT(refusal([&] { host.load(Kind::loss, "focal"); }),
              AllOf(HasSubstr("no loss plugin at all"), HasSubstr("/no' (no such folder)"),
                    HasSubstr("R50_PLUGIN_PATH")));
}

TEST(PluginByPath, MayHaveAnyFileName) {
  const TempFolder other;
  const std::string file = other / "mine.so";
  fs::copy_file(folder + "/r50_scheduler_steady.so", file);
  Host host{SearchPath{}};
  EXPECT_EQ(host.load(Kind::scheduler, file).entry.name, "steady");
}

TEST(PluginByPath, MustBeOfTheKindThatIsWanted) {
  EXPECT_THAT(refusal_of_use(Kind::loss, folder + "/r50_averaging_nothing.so"),
              AllOf(HasSubstr("averaging 'nothing'"), HasSubstr("a loss plugin is wanted")));
}

TEST(PluginByPath, IsRelativeToTheFileThatNamesIt) {
  const TempFolder other;
  fs::create_directory(other / "plugins");
  fs::copy_file(folder + "/r50_scheduler_steady.so", other / "plugins/mine.so");
  Host host{SearchPath{}};
  Problems problems;
  const Value table = toml("use = 'plugins/mine.so'", other / "night.toml");
  EXPECT_NE(host.schema(Kind::scheduler, table, problems), nullptr) << problems.report();
}

TEST(Host, AFileReachedByTwoWaysIsOnePlugin) {
  const TempFolder other;
  fs::create_symlink(folder + "/r50_scheduler_steady.so", other / "link.so");
  Host host{SearchPath({folder})};
  const LoadedPlugin& a = host.load(Kind::scheduler, "steady");
  const LoadedPlugin& b = host.load(Kind::scheduler, other / "link.so");
  EXPECT_EQ(&a, &b);
  EXPECT_EQ(host.loaded().size(), 1U);
}

TEST(Host, KnowsWhichFilesAreShadowed) {
  const TempFolder other;
  fs::copy_file(folder + "/r50_scheduler_steady.so", other / "r50_scheduler_steady.so");
  Host host{SearchPath({other.path(), folder})};
  const LoadedPlugin& plugin = host.load(Kind::scheduler, "steady");
  EXPECT_THAT(plugin.file, HasSubstr(other.path()));
  EXPECT_THAT(plugin.shadowed, ElementsAre(EndsWith("/r50_scheduler_steady.so")));
}

TEST(Host, OpensOnlyWhatIsNamed) {  // its neighbours are broken
  Host host{SearchPath({folder})};
  host.load(Kind::scheduler, "steady");
  EXPECT_EQ(host.loaded().size(), 1U);
}

TEST(Host, AnObjectOutlivesItsHost) {
  Held<Scheduler> scheduler;
  {
    Host host{SearchPath({folder})};
    scheduler = host.make<Scheduler>(toml("use = 'steady'"), some_run());
  }
  EXPECT_EQ(scheduler.call([](auto& it) { return it.rates({}).lr; }), 0.1);
}

}  // namespace
}  // namespace r50::host
