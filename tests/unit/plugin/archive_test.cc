#include "r50/archive.h"

#include <ATen/ops/ones.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "r50/error.h"

namespace r50 {
namespace {

std::string message(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Archive, GivesBackWhatWasPut) {
  Archive archive;
  archive.put("t", at::ones({3}));
  archive.put("i", std::int64_t{-7});
  archive.put("r", 0.5);
  archive.put("s", std::string("text"));
  archive.child("a").child("b").put("x", std::int64_t{1});
  const Archive& read = archive;
  EXPECT_EQ(read.tensor("t").sum().item<float>(), 3);
  EXPECT_EQ(read.integer("i"), -7);
  EXPECT_EQ(read.real("r"), 0.5);
  EXPECT_EQ(read.real("i"), -7);  // Python writes whole numbers as integers
  EXPECT_EQ(read.text("s"), "text");
  EXPECT_EQ(read.child("a").child("b").integer("x"), 1);
  EXPECT_TRUE(read.has("t"));
  EXPECT_FALSE(read.has("T"));
}

TEST(Archive, KeepsTheOrderAndReplacesInPlace) {
  Archive archive;
  EXPECT_TRUE(archive.empty());
  archive.put("z", std::int64_t{1});
  archive.put("a", std::int64_t{2});
  archive.put("z", 3.5);
  ASSERT_EQ(archive.items().size(), 2u);
  EXPECT_EQ(archive.items()[0].first, "z");
  EXPECT_EQ(archive.real("z"), 3.5);
}

TEST(Archive, NamesWhatIsMissingWithItsPathAndWhatThereIs) {
  Archive archive;
  archive.child("averaging").child("ema").put("decay", 0.9);
  const Archive& ema = static_cast<const Archive&>(archive).child("averaging").child("ema");
  EXPECT_EQ(message([&] { ema.integer("steps"); }),
            "The saved state has no 'averaging.ema.steps' (an integer was expected); "
            "'averaging.ema' holds 'decay'.");
  EXPECT_EQ(message([&] { ema.text("decay"); }),
            "'averaging.ema.decay' of the saved state is a real number where a text was expected.");
  EXPECT_EQ(message([&] { Archive().tensor("w"); }),
            "The saved state has no 'w' (a tensor was expected); it holds nothing.");
  EXPECT_EQ(message([&] { archive.child("averaging").child("ema").child("decay"); }),
            "'averaging.ema.decay' cannot be saved as a group: it is a real number already.");
  EXPECT_EQ(message([&] { archive.put("w", at::Tensor()); }),
            "'w' cannot be saved: the tensor has no content.");
}

}  // namespace
}  // namespace r50
