#include "assemble/stages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "assemble/opened.h"
#include "support/temp_folder.h"

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

using StreamsByLabel = std::map<std::string, std::vector<Stream>>;

template <class Stages>
void add(StreamsByLabel& streams, const Stages& stages) {
  for (const auto& stage : stages) streams[stage.stage.label()].push_back(stage.stream);
}

// Of a whole experiment with this list, the streams of training and of evaluation.
std::vector<StreamsByLabel> built(const std::string& list) {
  const test::TempFolder folder;
  const Opened opened = open_experiment(base::real_files(), {folder.write("e.toml", list + R"(
[run]
epochs = 1
batch = 4
[dataset]
use = "image_folder"
path = "images"
[model]
use = "resnet"
[optimizer]
use = "sgd"
[loss]
use = "cross_entropy"
[scheduler]
use = "constant"
lr = 0.01
[plugins]
path = [")" R50_BINARY_DIR R"(/lib/r50/plugins"]
)")},
                                        std::vector<std::string>{});
  RunFacts facts;
  facts.length = {.epochs = 1, .steps_per_epoch = 4};
  facts.batch = 4;
  facts.train_images = 16;
  facts.classes = 2;
  facts.image_size = 16;
  facts.mean = facts.std = {0.5, 0.5, 0.5};
  const BothStages both = build_stages(opened.experiment, *opened.host, facts);
  std::vector<StreamsByLabel> streams;
  for (const Stages* stages : {&both.train, &both.evaluate}) {
    StreamsByLabel& of = streams.emplace_back();
    add(of, stages->regions);
    add(of, stages->pixels);
    add(of, stages->batches);
  }
  return streams;
}

TEST(BuildStages, RemovingOneStageLeavesTheDrawsOfTheOthers) {
  const std::string first = "[[augmentation]]\nuse = \"random_resized_crop\"\nwhen = \"train\"\n";
  const std::string others = R"(
[[augmentation]]
use = "center_crop"
when = "evaluate"
[[augmentation]]
use = "flip"
when = "train"
[[augmentation]]
use = "normalize"
when = "both"
[[augmentation]]
use = "mixup"
when = "train"
)";
  const auto all = built(first + others), fewer = built(others);
  ASSERT_EQ(all[0].size(), 4u);
  ASSERT_EQ(all[1].size(), 2u);
  EXPECT_EQ(fewer[0].size(), 3u);
  for (const auto& [label, streams] : fewer[0]) EXPECT_EQ(streams, all[0].at(label)) << label;
  EXPECT_EQ(fewer[1], all[1]);
}

}  // namespace
}  // namespace r50::assemble
