#include "base/hash.h"

#include <gtest/gtest.h>

#include <set>

namespace r50::base {
namespace {

// The published values of XXH3 for empty input.
TEST(Hash, IsXxh3) {
  EXPECT_EQ(hash64(""), 0x2d06800538d394c2u);
  EXPECT_EQ(content_hash(""), "99aa06d3014798d86001c324468d497f");
}

TEST(ShortId, HasTenReadableCharactersThatFollowTheContent) {
  EXPECT_EQ(short_id("a"), short_id("a"));
  std::set<std::string> seen;
  for (int i = 0; i < 10000; ++i) {
    const std::string id = short_id(std::to_string(i));
    ASSERT_EQ(id.size(), 10u);
    ASSERT_EQ(id.find_first_not_of("0123456789abcdefghjkmnpqrstvwxyz"), std::string::npos) << id;
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 10000u);
}

}  // namespace
}  // namespace r50::base
