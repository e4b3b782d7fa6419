#include "checkpoint/file.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "checkpoint/snapshot.h"
#include "r50/error.h"
#include "support/base/faulty_files.h"
#include "support/checkpoint/checkpoints.h"

namespace r50::checkpoint {
namespace {

using base::real_files;
using test::described;
using test::FaultyFiles;
using test::sample_archive;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;

class CheckpointFileTest : public testing::Test {
 protected:
  TempFolder folder;
  std::string path = folder / "a.pt";

  std::string write(const Archive& archive) {
    write_checkpoint(real_files(), path, archive);
    return real_files().read(path);
  }

  // What reading a file with this content says, or "" and the content in `got`.
  std::string refusal(const std::string& content, std::string* got = nullptr) {
    real_files().remove(
        path);  // ext4 writes a truncated file back at once, which takes minutes here
    real_files().create(path)->write(content);
    try {
      const Archive archive = read_checkpoint(real_files(), path);
      if (got) *got = described(archive);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }
};

TEST_F(CheckpointFileTest, EverythingComesBackToTheBit) {
  write(sample_archive());
  const Archive read = read_checkpoint(real_files(), path);
  Archive expected = sample_archive();
  // Gaps between elements are not kept: the values are.
  expected.child("model").put("every_second",
                              expected.child("model").tensor("every_second").contiguous());
  EXPECT_EQ(described(read), described(expected));
  EXPECT_THAT(real_files().list(folder.path()), ElementsAre("a.pt"));
}

TEST_F(CheckpointFileTest, MessagesAboutWhatWasReadKnowTheirPath) {
  write(sample_archive());
  const Archive read = read_checkpoint(real_files(), path);
  try {
    read.child("deep").child("er").text("y");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("'deep.er.y'"));
  }
}

TEST_F(CheckpointFileTest, EqualContentGivesEqualBytesWhereverItLies) {
  const std::string bytes = write(sample_archive());
  const std::string other = folder / "another name.pt";
  write_checkpoint(real_files(), other, sample_archive());
  EXPECT_TRUE(bytes == real_files().read(other));
  // Neither sharing memory nor being part of something larger shows.
  Archive copied;
  take_snapshot(sample_archive(), copied);
  Archive plain;
  take_snapshot(copied, plain);
  EXPECT_TRUE(bytes == write(plain));

  Archive sharing, separate;
  const at::Tensor ones = at::ones({3});
  sharing.put("a", ones);
  sharing.put("b", ones);
  separate.put("a", at::ones({3}));
  separate.put("b", at::ones({3}));
  EXPECT_TRUE(write(sharing) == write(separate));
}

TEST_F(CheckpointFileTest, EveryFlippedByteIsSeenOrChangesNothing) {
  Archive small;
  small.child("model").put("w", at::arange(6, at::TensorOptions(at::kFloat)).view({2, 3}));
  small.child("model").put("n", at::ones({}, at::TensorOptions(at::kLong)));
  small.put("step", std::int64_t{77});
  const std::string bytes = write(small);
  const std::string expected = described(small);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string damaged = bytes;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      std::string got;
      const std::string text = refusal(damaged, &got);
      if (text.empty()) {
        ASSERT_EQ(got, expected) << "byte " << i << " of " << bytes.size() << " flipped by "
                                 << flip;
      } else {
        ASSERT_THAT(text, HasSubstr("'" + path + "' is damaged")) << i;
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 3 * bytes.size() / 4);
}

TEST_F(CheckpointFileTest, EveryTruncationIsRefused) {
  const std::string bytes = write(sample_archive());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_THAT(refusal(bytes.substr(0, size)), HasSubstr("is damaged or not a checkpoint"))
        << size;
  }
}

TEST_F(CheckpointFileTest, GarbageIsRefused) {
  for (const std::string& content :
       {std::string(), std::string("hello"), std::string(100000, '\0'), std::string(5000, 'P'),
        write(sample_archive()) + "x", "x" + write(sample_archive())}) {
    EXPECT_THAT(refusal(content), HasSubstr("is damaged or not a checkpoint")) << content.size();
  }
}

TEST_F(CheckpointFileTest, AnEarlierFileStaysWhenWritingFails) {
  const std::string before = write(sample_archive());
  FaultyFiles disk(folder.path());
  disk.set_full(true);
  try {
    write_checkpoint(disk, path, test::run_state(1));
    FAIL();
  } catch (const base::FileError& error) {
    EXPECT_EQ(error.code(), ENOSPC);
    EXPECT_THAT(error.what(), HasSubstr("a.pt.tmp"));
  }
  EXPECT_TRUE(before == real_files().read(path));
  EXPECT_THAT(real_files().list(folder.path()), ElementsAre("a.pt"));
}

TEST_F(CheckpointFileTest, EveryFailingWriteIsTold) {
  for (std::int64_t number = 0;; ++number) {
    ASSERT_LT(number, 100);
    FaultyFiles disk(folder.path());
    disk.fail_at(number, EIO, 100);
    bool told = false;
    try {
      write_checkpoint(disk, path, test::run_state(1));
    } catch (const base::FileError&) {
      told = true;
    }
    if (number >= static_cast<std::int64_t>(disk.operations().size())) {
      EXPECT_GE(number, 7);
      return;
    }
    EXPECT_TRUE(told) << disk.operations()[static_cast<std::size_t>(number)].text();
  }
}

// With the only hard link to a good checkpoint lying where the temporary file is made.
TEST_F(CheckpointFileTest, ALeftoverTemporaryFileIsReplacedAndNotWrittenInto) {
  write(sample_archive());
  real_files().link(path, path + ".tmp");
  real_files().rename(path, folder / "good.pt");
  const std::string good = real_files().read(folder / "good.pt");
  write(test::run_state(1));
  EXPECT_TRUE(good == real_files().read(folder / "good.pt"));
}

TEST_F(CheckpointFileTest, TensorsPythonCouldNotReadAreRefusedByName) {
  Archive archive;
  archive.child("model").put("z", at::ones({2}, at::TensorOptions(at::kComplexFloat)));
  try {
    write(archive);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "'model.z' cannot be saved: checkpoints hold plain real tensors only.");
  }
}

TEST(Snapshot, ReusesItsTensorsAndKeepsNoTie) {
  Archive kept;
  Archive live = test::run_state(1);
  take_snapshot(live, kept);
  const void* memory = kept.child("model").tensor("weight").data_ptr();
  live.child("model").tensor("weight").fill_(9);
  live.put("extra", std::int64_t{3});
  EXPECT_EQ(test::difference_to_run_state(kept, 1), "");
  take_snapshot(live, kept);
  EXPECT_EQ(described(kept), described(live));
  EXPECT_EQ(kept.child("model").tensor("weight").data_ptr(), memory);
}

TEST(Snapshot, FollowsAChangeOfShapeKeysAndOrder) {
  Archive kept;
  take_snapshot(test::run_state(1), kept);
  Archive other;
  other.child("model").put("momentum", at::ones({2, 3}));
  other.child("model").put("weight", at::ones({5}));
  other.put("progress", 0.5);
  take_snapshot(other, kept);
  EXPECT_EQ(described(kept), described(other));
}

}  // namespace
}  // namespace r50::checkpoint
