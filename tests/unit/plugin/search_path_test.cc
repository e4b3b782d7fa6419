#include "plugin/search_path.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>

#include "support/temp_folder.h"

namespace r50::host {
namespace {

using test::TempFolder;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

TEST(PluginFileName, SaysKindAndName) {
  EXPECT_EQ(file_name(Kind::scheduler, "one_cycle"), "r50_scheduler_one_cycle.so");
  EXPECT_EQ(kind_and_name("/x/r50_dataset_image_folder.so"),
            std::pair(Kind::dataset, std::string("image_folder")));
  for (const char* other : {"r50_scheduler_.so", "r50_optimiser_sgd.so", "libr50.so",
                            "r50_loss_focal.so.1", "r50_loss_focal", "scheduler_x.so", ""}) {
    EXPECT_EQ(kind_and_name(other), std::nullopt) << other;
  }
}

TEST(SearchPath, TheFirstFolderCountsAndTheOthersAreShadowed) {
  const TempFolder a, b, c;
  const std::string in_a = a.write("r50_loss_focal.so", "");
  const std::string in_c = c.write("r50_loss_focal.so", "");
  const SearchPath path({c.path(), b.path(), a.path()});
  EXPECT_THAT(path.find(Kind::loss, "focal"), ElementsAre(in_c, in_a));
  EXPECT_THAT(path.find(Kind::model, "focal"), IsEmpty());
}

TEST(SearchPath, AllGivesWhatLooksLikeAPluginByItsName) {
  const TempFolder folder;
  folder.write("r50_loss_focal.so", "");
  folder.write("r50_averaging_ema.so", "");
  folder.write("notes.txt", "");
  folder.write("libother.so", "");
  const SearchPath path({folder / "missing", folder.path()});
  std::vector<std::string> names;
  for (const auto& found : path.all()) names.push_back(found.name);
  EXPECT_THAT(names, ElementsAre("ema", "focal"));
}

TEST(SearchPath, TheExperimentsFoldersComeBeforeTheEnvironmentAndTheBuild) {
  const TempFolder mine, theirs;
  const Variable variable("R50_PLUGIN_PATH", theirs.path() + ":" + theirs.path());
  const auto folders = SearchPath::standard({mine.path()}).folders();
  ASSERT_GE(folders.size(), 3U);
  EXPECT_EQ(folders[0], mine.path());
  EXPECT_EQ(folders[1], theirs.path());  // once, although named twice
  EXPECT_EQ(std::filesystem::weakly_canonical(folders[2]),
            std::filesystem::weakly_canonical(R50_BINARY_DIR "/lib/r50/plugins"));
  EXPECT_EQ(folders.size(), 3U);  // beside the program and beside libr50.so are the same here
}

TEST(SearchPath, NeverLooksIntoTheCurrentDirectory) {
  const TempFolder here;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(here.path());
  {
    const Variable variable("R50_PLUGIN_PATH", ":");  // which means "here" in PATH
    EXPECT_THAT(SearchPath::standard({}).folders(), Not(Contains(here.path())));
  }
  std::filesystem::current_path(before);
}

}  // namespace
}  // namespace r50::host
