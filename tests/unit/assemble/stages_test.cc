#include "assemble/stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace r50::assemble {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::map<std::string, Stream> streams_of(const std::vector<std::string>& list) {
  StageStreams streams;
  std::map<std::string, Stream> of;
  for (const std::string& plugin : list) {
    const Stream stream = streams.next(plugin, {});
    of[of.contains(plugin) ? plugin + " again" : plugin] = stream;
  }
  return of;
}

TEST(StageStreams, RemovingOneStageLeavesTheDrawsOfTheOthers) {
  const auto all = streams_of({"random_resized_crop", "flip", "mixup", "flip"});
  EXPECT_NE(all.at("flip"), all.at("flip again"));
  const auto fewer = streams_of({"flip", "flip", "mixup"});
  for (const auto& [plugin, stream] : fewer) EXPECT_EQ(stream, all.at(plugin)) << plugin;
}

TEST(StageStreams, EqualHashesAreRefused) {
  ASSERT_EQ(augmentation_stream("jxxchfrna"), augmentation_stream("jvrbbadfw"));
  EXPECT_THAT(
      [] {
        streams_of({"jxxchfrna", "flip", "jvrbbadfw"});
      },
      ThrowsMessage<WrongInput>(
          AllOf(HasSubstr("'jxxchfrna' (number 1) and 'jvrbbadfw' (number 1)"),
                HasSubstr("same random numbers"), HasSubstr("rename"))));
}

}  // namespace
}  // namespace r50::assemble
