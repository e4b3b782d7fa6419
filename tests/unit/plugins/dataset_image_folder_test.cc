#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

#include "r50/dataset.h"
#include "support/plugins/plugin_under_test.h"
#include "support/temp_folder.h"

namespace r50::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

Held<Dataset> open(const TempFolder& folder, const std::string& more = "") {
  return build<Dataset>("use = 'image_folder'\npath = '" + folder.path() + "'\n" + more,
                        {.seed = 1, .image_size = 32});
}

const DatasetInfo& info(const Held<Dataset>& dataset) {
  return dataset.call([](auto& it) -> const DatasetInfo& { return it.info(); });
}

std::string content(const Held<Dataset>& dataset, Split split, std::int64_t index) {
  SampleBuffer buffer;
  const Sample sample = dataset.call([&](auto& it) { return it.read(split, index, buffer); });
  EXPECT_EQ(sample.form, Sample::Form::encoded);
  return std::to_string(sample.label) + ":" + std::string(sample.bytes.begin(), sample.bytes.end());
}

// What an image holds does not matter here: it is not decoded by the data set.
class ImageFolder : public testing::Test {
 protected:
  ImageFolder() {
    folder.write("train/dog/b.jpg", "dog b");
    folder.write("train/dog/a.JPEG", "dog a");
    folder.write("train/cat/z.png", "cat z");
    folder.write("train/cat/notes.txt", "no image");
    folder.write("train/cat/.hidden.jpg", "no image");
    folder.write("val/cat/1.jpg", "cat 1");
    folder.write("val/dog/1.jpg", "dog 1");
  }
  TempFolder folder;
};

TEST_F(ImageFolder, SortsClassesAndFilesAndReadsThem) {
  const auto dataset = open(folder);
  EXPECT_THAT(info(dataset).classes, ElementsAre("cat", "dog"));
  EXPECT_EQ(info(dataset).train_images, 3);
  EXPECT_EQ(info(dataset).evaluate_images, 2);
  EXPECT_EQ(content(dataset, Split::train, 0), "0:cat z");
  EXPECT_EQ(content(dataset, Split::train, 1), "1:dog a");
  EXPECT_EQ(content(dataset, Split::train, 2), "1:dog b");
  EXPECT_EQ(content(dataset, Split::evaluate, 1), "1:dog 1");
  EXPECT_EQ(dataset.call([](auto& it) { return it.name_of(Split::train, 1); }), "train/dog/a.JPEG");
}

TEST_F(ImageFolder, HoldsAFixedShareOfTheTrainingImagesOut) {
  for (int i = 0; i < 500; ++i) {
    for (const char* name : {"dog", "cat"}) {
      const std::string image = std::to_string(i) + ".jpg";
      folder.write("train/" + std::string(name) + "/" + image, name + image);
    }
  }
  std::filesystem::remove_all(folder / "val");  // not needed then
  const auto names = [](const Held<Dataset>& dataset, Split split) {
    std::set<std::string> all;
    const auto& of = info(dataset);
    const std::int64_t count = split == Split::train ? of.train_images : of.evaluate_images;
    for (std::int64_t i = 0; i < count; ++i) {
      all.insert(dataset.call([&](auto& it) { return it.name_of(split, i); }));
    }
    return all;
  };
  const auto whole = open(folder, "held_out = 0.2\n");
  const auto train = names(whole, Split::train), held = names(whole, Split::evaluate);
  EXPECT_EQ(train.size() + held.size(), 1003u);
  for (const std::string& name : held) EXPECT_EQ(train.count(name), 0u) << name;
  EXPECT_NEAR(static_cast<double>(held.size()), 200, 40);
  EXPECT_EQ(content(whole, Split::evaluate, 0).substr(0, 5), "0:cat");

  folder.write("train/cat/another.jpg", "one more");
  for (const std::string& name : names(open(folder, "held_out = 0.2\n"), Split::evaluate)) {
    EXPECT_TRUE(held.count(name) == 1 || name == "train/cat/another.jpg") << "it moved: " << name;
  }
  const auto part = open(folder, "held_out = 0.2\npart = 0.25\n");
  EXPECT_EQ(names(part, Split::evaluate).size(),
            names(open(folder, "held_out = 0.2\n"), Split::evaluate).size());
  EXPECT_NEAR(static_cast<double>(info(part).train_images), 200, 40);
  for (const std::string& name : names(part, Split::train)) EXPECT_EQ(held.count(name), 0u);
  EXPECT_NE(info(part).fingerprint, info(whole).fingerprint);
}

TEST_F(ImageFolder, SaysWhichClassesAShareLeavesEmpty) {
  EXPECT_THAT(
      [&] { open(folder, "held_out = 1e-9\n"); },
      ThrowsMessage<WrongInput>(AllOf(HasSubstr("no image is held out of the classes 'cat', 'dog'"),
                                      HasSubstr("held_out"))));
}

TEST_F(ImageFolder, ReadsAFileThatHasGrownToItsEnd) {
  const auto dataset = open(folder);
  const std::string large(100'000, 'x');
  folder.write("train/cat/z.png", large);
  EXPECT_EQ(content(dataset, Split::train, 0), "0:" + large);
}

TEST_F(ImageFolder, AFileThatIsGoneIsABadSample) {
  const auto dataset = open(folder);
  std::filesystem::remove(folder / "train/dog/a.JPEG");
  SampleBuffer buffer;
  EXPECT_THAT([&] { dataset.call([&](auto& it) { it.read(Split::train, 1, buffer); }); },
              ThrowsMessage<BadSample>(HasSubstr("No such file")));
}

// Reading its first bytes gives EIO: nothing is mapped there.
TEST_F(ImageFolder, AFaultOfTheDiskMayPass) {
  std::filesystem::remove(folder / "train/cat/z.png");
  std::filesystem::create_symlink("/proc/self/mem", folder / "train/cat/z.png");
  const auto dataset = open(folder);
  SampleBuffer buffer;
  EXPECT_THAT([&] { dataset.call([&](auto& it) { it.read(Split::train, 0, buffer); }); },
              ThrowsMessage<PassingFault>(HasSubstr("Input/output error")));
}

TEST_F(ImageFolder, TooManyOpenFilesAreNoBadSample) {
  const auto dataset = open(folder);
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit none = before;
  none.rlim_cur = 0;
  setrlimit(RLIMIT_NOFILE, &none);
  std::string said;
  try {
    SampleBuffer buffer;
    dataset.call([&](auto& it) { it.read(Split::train, 1, buffer); });
  } catch (const BadSample&) {
    said = "a bad sample";
  } catch (const Error& error) {
    said = error.what();
  }
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_THAT(said, AllOf(HasSubstr("dataset 'image_folder'"), HasSubstr("train/dog/a.JPEG"),
                          HasSubstr("Too many open files"), HasSubstr("ulimit -n")));
}

// A link that cannot be followed is no image; one whose target cannot be looked at may be.
TEST_F(ImageFolder, ScanningLeavesOutLinksToNowhereOnly) {
  std::filesystem::create_symlink("nowhere", folder / "train/cat/nowhere.jpg");
  std::filesystem::create_symlink("loop.jpg", folder / "train/cat/loop.jpg");
  EXPECT_EQ(info(open(folder)).train_images, 3);
  std::filesystem::create_symlink(std::string(300, 'x'), folder / "train/cat/strange.jpg");
  EXPECT_THAT([&] { open(folder); },
              ThrowsMessage<Error>(AllOf(HasSubstr("strange.jpg"), HasSubstr("name too long"))));
}

TEST_F(ImageFolder, FingerprintFollowsTheFilesNotTheirPlace) {
  const std::string before = info(open(folder)).fingerprint;
  const TempFolder elsewhere;
  std::filesystem::copy(folder.path(), elsewhere.path(), std::filesystem::copy_options::recursive);
  EXPECT_EQ(info(open(elsewhere)).fingerprint, before);
  elsewhere.write("val/dog/1.jpg", "another size");
  EXPECT_NE(info(open(elsewhere)).fingerprint, before);
  folder.write("train/dog/c.jpg", "");
  EXPECT_NE(info(open(folder)).fingerprint, before);
}

TEST_F(ImageFolder, AClassesFileChoosesAndOrdersClasses) {
  folder.write("train/emu/1.jpg", "emu");
  folder.write("val/emu/1.jpg", "emu");
  folder.write("names.txt", "emu a large bird\ncat\n");
  const auto dataset = open(folder, "classes_file = '" + folder / "names.txt" + "'");
  EXPECT_THAT(info(dataset).classes, ElementsAre("emu", "cat"));
  EXPECT_EQ(content(dataset, Split::train, 0), "0:emu");
  folder.write("names.txt", "emu\nfox\n");
  EXPECT_THAT([&] { open(folder, "classes_file = '" + folder / "names.txt" + "'"); },
              ThrowsMessage<Error>(HasSubstr("'fox'")));
}

TEST_F(ImageFolder, AClassesFileMayBeginWithAByteOrderMark) {
  folder.write("names.txt",
               "\xef\xbb\xbf"
               "dog\r\ncat\r\n");
  const auto dataset = open(folder, "classes_file = '" + folder / "names.txt" + "'");
  EXPECT_THAT(info(dataset).classes, ElementsAre("dog", "cat"));
}

TEST_F(ImageFolder, AClassesFileListsEachClassOnce) {
  folder.write("names.txt", "dog\n\ncat\ndog again\n");
  EXPECT_THAT([&] { open(folder, "classes_file = '" + folder / "names.txt" + "'"); },
              ThrowsMessage<WrongInput>(AllOf(HasSubstr("test.toml:3:"), HasSubstr("'dog' twice"),
                                              HasSubstr("line 1 and in line 4"))));
}

TEST_F(ImageFolder, AFlatFolderOfImagesIsToldHowToBeSorted) {
  std::filesystem::remove_all(folder / "val");
  folder.write("val/ILSVRC2012_val_00000002.JPEG", "dog");
  folder.write("val/ILSVRC2012_val_00000001.JPEG", "cat");
  std::string said;
  try {
    open(folder);
  } catch (const WrongInput& error) {
    said = error.what();
  }
  EXPECT_THAT(said, AllOf(HasSubstr("holds images, such as 'ILSVRC2012_val_00000001.JPEG'"),
                          HasSubstr("one folder a class"), HasSubstr("move each image")));
  // The command that it gives does it.
  folder.write("LOC_val_solution.csv",
               "ImageId,PredictionString\n"
               "ILSVRC2012_val_00000001,cat 85 1 499 272 \n"
               "ILSVRC2012_val_00000002,dog 1 2 3 4 dog 5 6 7 8 \n");
  const std::string command = said.substr(said.find("sed "));
  ASSERT_EQ(std::system(("cd '" + folder.path() + "' && " + command).c_str()), 0) << command;
  EXPECT_EQ(content(open(folder), Split::evaluate, 1), "1:dog");
}

TEST_F(ImageFolder, OtherNamesForTheSplits) {
  std::filesystem::rename(folder / "val", folder / "test");
  EXPECT_EQ(info(open(folder, "val = 'test'")).evaluate_images, 2);
}

TEST_F(ImageFolder, SaysWhatIsMissing) {
  std::filesystem::rename(folder / "val", folder / "validation");
  EXPECT_THAT([&] { open(folder); }, ThrowsMessage<Error>(AllOf(HasSubstr("has no folder 'val'"),
                                                                HasSubstr("'train', 'validation'"),
                                                                HasSubstr("one folder a class"))));
}

TEST_F(ImageFolder, SaysWhichClassesDiffer) {
  folder.write("train/emu/1.jpg", "emu");
  folder.write("val/fox/1.jpg", "fox");
  EXPECT_THAT([&] { open(folder); },
              ThrowsMessage<Error>(
                  AllOf(HasSubstr("only in 'train': 'emu'"), HasSubstr("only in 'val': 'fox'"))));
}

TEST_F(ImageFolder, OneClassIsNotEnough) {
  std::filesystem::remove_all(folder / "train/dog");
  std::filesystem::remove_all(folder / "val/dog");
  EXPECT_THAT([&] { open(folder); }, ThrowsMessage<Error>(HasSubstr("one class only, 'cat'")));
}

TEST_F(ImageFolder, AClassWithoutImagesIsNamed) {
  std::filesystem::remove(folder / "val/dog/1.jpg");
  EXPECT_THAT([&] { open(folder); },
              ThrowsMessage<Error>(AllOf(HasSubstr("no .jpg"), HasSubstr("'dog'"))));
}

TEST(ImageFolderPath, MissingOrEmpty) {
  const TempFolder empty;
  EXPECT_THAT([&] { open(empty); }, ThrowsMessage<Error>(HasSubstr("has no folder 'train'")));
  EXPECT_THAT(
      [&] {
        build<Dataset>("use = 'image_folder'\npath = '" + empty / "gone" + "'", {1, 32});
      },
      ThrowsMessage<Error>(
          AllOf(HasSubstr("test.toml:2:"), HasSubstr("gone"), HasSubstr("No such file"))));
  EXPECT_THAT(problems(Kind::dataset, "use = 'image_folder'"), HasSubstr("path"));
}

}  // namespace
}  // namespace r50::test
