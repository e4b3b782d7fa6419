#include "checkpoint/snapshot.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/checkpoint/checkpoints.h"

namespace r50::checkpoint {
namespace {

// Where an archive's tensors lie, in order.
void places(const Archive& archive, std::vector<const void*>& found) {
  for (const auto& [key, item] : archive.items()) {
    if (const auto* tensor = std::get_if<at::Tensor>(&item)) found.push_back(tensor->data_ptr());
    if (const auto* group = std::get_if<std::unique_ptr<Archive>>(&item)) places(**group, found);
  }
}

std::vector<const void*> places(const Archive& archive) {
  std::vector<const void*> found;
  places(archive, found);
  return found;
}

TEST(Snapshot, IsTakenInTheRoomMadeForIt) {
  const Archive live = test::run_state(3);
  Archive kept;
  make_room(live, kept);
  const auto room = places(kept);
  ASSERT_FALSE(room.empty());
  EXPECT_EQ(room.size(), places(live).size());
  take_snapshot(live, kept);
  EXPECT_EQ(places(kept), room);
  EXPECT_EQ(test::difference_to_run_state(kept, 3), "");
}

}  // namespace
}  // namespace r50::checkpoint
