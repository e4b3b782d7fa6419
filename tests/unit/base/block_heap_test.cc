#include "base/block_heap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <thread>

namespace r50::base {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

// How much of a block lies in memory, by the kernel's own account.
std::size_t resident(void* block, std::size_t bytes) {
  std::vector<unsigned char> pages(bytes / 4096);
  EXPECT_EQ(::mincore(block, bytes, pages.data()), 0);
  std::size_t count = 0;
  for (const unsigned char one : pages) count += one & 1U;
  return count * 4096;
}

TEST(BlockHeap, GivesTheSameBlocksAgainAndKeepsTheirPages) {
  BlockHeap heap(256 * mebibyte);
  void* const a = heap.take(3 * mebibyte);
  void* const b = heap.take(5 * mebibyte + 17);
  std::memset(a, 1, 3 * mebibyte);
  std::memset(b, 2, 5 * mebibyte + 17);
  EXPECT_TRUE(heap.give_back(a));
  EXPECT_TRUE(heap.give_back(b));
  EXPECT_EQ(heap.take(3 * mebibyte), a);
  EXPECT_EQ(heap.take(5 * mebibyte + 17), b);
  EXPECT_EQ(resident(a, 3 * mebibyte), 3 * mebibyte);
  EXPECT_EQ(heap.usage().kept, 0);
  EXPECT_EQ(heap.usage().most, heap.usage().used);
}

TEST(BlockHeap, HoldsNoMoreThanItsLimit) {
  BlockHeap heap(64 * mebibyte, 8 * mebibyte);
  void* const most = heap.take(6 * mebibyte);
  ASSERT_NE(most, nullptr);
  EXPECT_EQ(heap.take(4 * mebibyte), nullptr);
  EXPECT_NE(heap.take(2 * mebibyte), nullptr);
  EXPECT_TRUE(heap.give_back(most));
  EXPECT_NE(heap.take(4 * mebibyte), nullptr);
}

TEST(BlockHeap, FreeNeighboursBecomeOneBlockAtTheLowestAddress) {
  BlockHeap heap(256 * mebibyte);
  std::vector<void*> blocks;
  for (int i = 0; i < 6; ++i) blocks.push_back(heap.take(2 * mebibyte));
  for (const int i : {1, 3, 2}) EXPECT_TRUE(heap.give_back(blocks[i]));
  EXPECT_EQ(heap.take(6 * mebibyte), blocks[1]);
  EXPECT_EQ(heap.usage().most, 12 * mebibyte);
}

TEST(BlockHeap, KnowsItsOwnBlocks) {
  BlockHeap heap(64 * mebibyte);
  char other = 0;
  EXPECT_FALSE(heap.give_back(&other));
  auto* block = static_cast<char*>(heap.take(mebibyte));
  EXPECT_FALSE(heap.give_back(block + 4096));
  EXPECT_TRUE(heap.give_back(block));
  EXPECT_FALSE(heap.give_back(block));
  EXPECT_EQ(heap.take(SIZE_MAX), nullptr);
  EXPECT_EQ(heap.take(SIZE_MAX / 2), nullptr);
}

TEST(BlockHeap, TakesMoreAddressesWhereItsFirstOnesAreNotEnough) {
  BlockHeap heap(4 * mebibyte);
  void* const small = heap.take(3 * mebibyte);
  void* const large = heap.take(40 * mebibyte);
  ASSERT_TRUE(small && large);
  std::memset(large, 1, 40 * mebibyte);
  EXPECT_EQ(heap.usage().used, 43 * mebibyte);
  EXPECT_TRUE(heap.give_back(large));
  EXPECT_TRUE(heap.give_back(small));
  EXPECT_EQ(heap.usage().used, 0);
}

// After an epoch of smaller images, what only the larger ones needed goes back.
TEST(BlockHeap, TrimReturnsWhatWasNotUsedSinceTheLastTrim) {
  BlockHeap heap(256 * mebibyte);
  void* const weights = heap.take(mebibyte);
  const auto step = [&](std::size_t bytes) {
    void* block = heap.take(bytes);
    std::memset(block, 1, bytes);
    heap.give_back(block);
  };
  step(32 * mebibyte);
  heap.trim();
  EXPECT_EQ(heap.usage().kept, 32 * mebibyte);  // it was used
  step(8 * mebibyte);
  heap.trim();
  EXPECT_EQ(heap.usage().kept, 8 * mebibyte);
  EXPECT_EQ(resident(static_cast<char*>(weights) + 9 * mebibyte, 24 * mebibyte), 0);
  EXPECT_EQ(heap.usage().used, mebibyte);
  step(32 * mebibyte);
  EXPECT_EQ(heap.usage().kept, 32 * mebibyte);
}

[[noreturn]] void use_up_the_addresses() {
  BlockHeap heap(32 * mebibyte);
  rlimit limit{};
  limit.rlim_cur = limit.rlim_max = std::size_t{2} << 30;
  ::setrlimit(RLIMIT_AS, &limit);
  std::vector<void*> blocks;
  while (void* block = heap.take(20 * mebibyte)) blocks.push_back(block);
  for (void* block : blocks) heap.give_back(block);
  const bool again = blocks.size() > 20 && heap.take(blocks.size() * 10 * mebibyte) != nullptr;
  std::_Exit(again ? 0 : 1);
}

// What many small blocks had taken must serve one large block, where addresses are short.
TEST(BlockHeap, GivesUpEmptyRegionsBeforeItSaysThereIsNoMore) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers need all addresses";
#endif
  EXPECT_EXIT(use_up_the_addresses(), testing::ExitedWithCode(0), "");
}

// Against the plainest model there is: blocks that are out never overlap, and keep their content.
TEST(BlockHeap, HundredsOfRandomBlocksKeepTheirContent) {
  BlockHeap heap(8 * mebibyte);  // so that it grows by regions as well
  std::mt19937_64 random(5);
  std::map<char*, std::size_t> out;
  std::size_t used = 0;
  for (int i = 0; i < 4000; ++i) {
    if (out.size() < 40 && random() % 2 == 0) {
      const std::size_t bytes = 1 + random() % (300 << 10);
      auto* block = static_cast<char*>(heap.take(bytes));
      ASSERT_NE(block, nullptr);
      const auto next = out.lower_bound(block);
      if (next != out.end()) {
        ASSERT_LE(block + bytes, next->first);
      }
      if (next != out.begin()) {
        ASSERT_LE(std::prev(next)->first + std::prev(next)->second, block);
      }
      std::memset(block, static_cast<int>(bytes % 251), bytes);
      out.emplace(block, bytes);
      used += (bytes + 4095) / 4096 * 4096;
    } else if (!out.empty()) {
      auto one = std::next(out.begin(), static_cast<std::ptrdiff_t>(random() % out.size()));
      const auto [block, bytes] = *one;
      ASSERT_EQ(static_cast<unsigned char>(block[0]), bytes % 251);
      ASSERT_EQ(static_cast<unsigned char>(block[bytes - 1]), bytes % 251);
      ASSERT_TRUE(heap.give_back(block));
      used -= (bytes + 4095) / 4096 * 4096;
      out.erase(one);
    }
    if (i % 500 == 0) heap.trim();
    ASSERT_EQ(heap.usage().used, used);
  }
}

TEST(BlockHeap, ServesThreadsAtOnce) {
  BlockHeap heap(64 * mebibyte);
  const auto work = [&](int seed) {
    std::mt19937 random(static_cast<unsigned>(seed));
    for (int i = 0; i < 300; ++i) {
      const std::size_t bytes = 4096 + random() % 100000;
      auto* block = static_cast<unsigned char*>(heap.take(bytes));
      std::memset(block, seed, bytes);
      EXPECT_EQ(block[random() % bytes], seed);
      EXPECT_TRUE(heap.give_back(block));
    }
  };
  std::thread first(work, 1), second(work, 2);
  first.join();
  second.join();
  EXPECT_EQ(heap.usage().used, 0);
}

}  // namespace
}  // namespace r50::base
