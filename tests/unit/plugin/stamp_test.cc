#include "plugin/stamp.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "r50/abi.h"
#include "r50/error.h"
#include "support/temp_folder.h"

namespace r50::host {
namespace {

using test::TempFolder;
using testing::HasSubstr;
using testing::Not;

const std::string sound_plugin = R50_TEST_PLUGINS "/r50_scheduler_steady.so";

std::string bytes_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

TEST(Stamp, IsReadFromAPluginWithoutLoadingIt) {
  EXPECT_EQ(read_stamp(sound_plugin), own_stamp());
  EXPECT_EQ(own_stamp(), R50_STAMP);
}

TEST(Stamp, SurvivesStrip) {
  const TempFolder folder;
  const std::string file = folder.write("a.so", bytes_of(sound_plugin));
  ASSERT_EQ(std::system(("strip -s " + file).c_str()), 0);
  EXPECT_EQ(read_stamp(file), own_stamp());
}

TEST(Stamp, ItsPartsAreTold) {
  const auto stamp = Stamp::parse(".r50.abi12.torch2.13.cxx11.asan");
  ASSERT_TRUE(stamp);
  EXPECT_EQ(stamp->abi, "12");
  EXPECT_EQ(stamp->torch, "2.13");
  EXPECT_EQ(stamp->cxx, "cxx11");
  EXPECT_EQ(stamp->sanitizer, "asan");
  EXPECT_EQ(Stamp::parse(".r50.abi1.torch2.11.cxx98")->sanitizer, "");
  for (const char* other : {"", ".text", ".r50.abi", ".r50.abi1", ".r50.abi1.cxx11.torch2"}) {
    EXPECT_FALSE(Stamp::parse(other)) << other;
  }
}

std::string difference(const std::string& theirs) {
  try {
    require_same_stamp("x.so", theirs, ".r50.abi4.torch2.13.cxx11");
  } catch (const WrongInput& error) {
    return error.what();
  }
  return "";
}

TEST(Stamp, OnlyWhatDiffersIsNamed) {
  EXPECT_EQ(difference(".r50.abi4.torch2.13.cxx11"), "");
  EXPECT_THAT(difference(".r50.abi4.torch2.12.cxx11"), HasSubstr("libtorch 2.12"));
  EXPECT_THAT(difference(".r50.abi4.torch2.12.cxx11"), Not(HasSubstr("interface")));
  EXPECT_THAT(difference(".r50.abi2.torch2.13.cxx11"), Not(HasSubstr("libtorch")));
  EXPECT_THAT(difference(".r50.abi4.torch2.13.cxx11.asan"), HasSubstr("AddressSanitizer"));
  EXPECT_THAT(difference(".r50.abi4"), HasSubstr(".r50.abi4"));  // of a form yet unknown
}

// Reads a damaged file: a sentence or a stamp may come of it, but nothing else.
void read_damaged(const std::string& file, int& refused) {
  try {
    const std::string stamp = read_stamp(file);
    EXPECT_THAT(stamp, testing::StartsWith(R50_STAMP_PREFIX));
  } catch (const WrongInput& error) {
    ++refused;
    EXPECT_THAT(error.what(), HasSubstr(file));
  }
}

TEST(DamagedFile, CutAnywhereIsRefused) {
  const TempFolder folder;
  const std::string whole = bytes_of(sound_plugin);
  const std::string file = folder.write("a.so", whole);
  ASSERT_GT(whole.size(), 1000U);
  int refused = 0, cuts = 0;
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 300) {
    ASSERT_EQ(truncate(folder.write("a.so", whole).c_str(), static_cast<off_t>(size)), 0);
    read_damaged(file, refused);
    ++cuts;
  }
  EXPECT_EQ(refused, cuts);
}

// Eight bytes at a time, mostly in the tables at both ends of the file that say where all else is.
TEST(DamagedFile, GarbledAnywhereGivesASentenceOrAStamp) {
  const TempFolder folder;
  const std::string whole = bytes_of(sound_plugin);
  ASSERT_GT(whole.size(), 4096U);
  std::mt19937 random(20);
  const auto below = [&](std::size_t n) { return random() % n; };
  int refused = 0;
  for (int round = 0; round < 600; ++round) {
    std::string bytes = whole;
    for (std::size_t left = 1 + below(8); left > 0; --left) {
      const std::size_t dice = below(10);
      const std::size_t where = dice < 3   ? below(64)
                                : dice < 8 ? bytes.size() - 1 - below(2500)
                                           : below(bytes.size());
      for (std::size_t i = where; i < std::min(where + 8, bytes.size()); ++i) {
        bytes[i] = static_cast<char>(random() & 0xff);
      }
    }
    read_damaged(folder.write("a.so", bytes), refused);
  }
  EXPECT_GT(refused, 100);  // else the damage was not where it hurts
}

}  // namespace
}  // namespace r50::host
