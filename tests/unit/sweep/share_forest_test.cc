#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "sweep/share/forest.h"
#include "sweep/share/kinship.h"
#include "sweep/show/shared_text.h"

namespace r50::sweep {
namespace {

// "aab" and "aac": one letter an epoch, of what is given to it; hashes tell the way up to there.
Past past(const std::string& letters, const std::string& rest = "rest") {
  Past made{false, "", rest, {}};
  for (std::size_t i = 1; i <= letters.size(); ++i) made.epochs.push_back(letters.substr(0, i));
  return made;
}

std::string shape(const Forest& forest) {
  std::string text;
  for (const Branch& one : forest) {
    text += (text.empty() ? "" : " ") +
            (one.parent ? std::to_string(*one.parent) + "@" + std::to_string(one.after) : "-");
  }
  return text;
}

std::int64_t trained(const std::vector<Past>& pasts) {
  std::vector<std::int64_t> epochs;
  for (const Past& one : pasts) epochs.push_back(static_cast<std::int64_t>(one.epochs.size()));
  return epochs_trained(share_pasts(pasts), epochs);
}

TEST(SweepForest, OfNothingAndOfOne) {
  EXPECT_EQ(shape(share_pasts({})), "");
  EXPECT_EQ(shape(share_pasts({past("aaa")})), "-");
  EXPECT_EQ(trained({past("aaa")}), 3);
  EXPECT_EQ(shape(share_pasts({past(""), past("")})), "- -");
}

// A constant rate, then a cooldown over the last 5, 3 and 1 of 10 epochs.
TEST(SweepForest, CooldownsLeaveTheTrunkOneAfterTheOther) {
  const std::vector<Past> pasts = {past("aaaaabcdef"), past("aaaaaaaghi"), past("aaaaaaaaaj")};
  EXPECT_EQ(shape(share_pasts(pasts)), "- 0@5 1@7");
  EXPECT_EQ(trained(pasts), 10 + 5 + 3);
}

// Runs of 6, 8 and 10 epochs whose last two are a cooldown: the longer one is the shorter one's.
TEST(SweepForest, BudgetsShareTheTrunkWhateverTheirOrder) {
  EXPECT_EQ(shape(share_pasts({past("aaaabc"), past("aaaaaabc"), past("aaaaaaaabc")})),
            "- 0@4 1@6");
  const std::vector<Past> longest_first = {past("aaaaaaaabc"), past("aaaabc"), past("aaaaaabc")};
  EXPECT_EQ(shape(share_pasts(longest_first)), "- 0@4 0@6");
  EXPECT_EQ(trained(longest_first), 10 + 2 + 2);
}

TEST(SweepForest, ARunThatIsAnothersBeginningTrainsNothing) {
  EXPECT_EQ(shape(share_pasts({past("aaaaa"), past("aaa")})), "- 0@3");
  EXPECT_EQ(shape(share_pasts({past("aaa"), past("aaaaa"), past("aaa")})), "- 0@3 0@3");
  EXPECT_EQ(trained({past("aaa"), past("aaaaa"), past("aaa")}), 5);
}

// Branches from the earliest that came as far, so nobody branches from what it has not trained.
TEST(SweepForest, ABranchOfABranch) {
  const std::vector<Past> pasts = {past("aaaa"), past("aabb"), past("aabc"), past("aaca"),
                                   past("b")};
  EXPECT_EQ(shape(share_pasts(pasts)), "- 0@2 1@3 0@2 -");
  EXPECT_EQ(trained(pasts), 4 + 2 + 1 + 2 + 1);
}

TEST(SweepForest, OneCycleDiffersFromItsFirstStep) {
  EXPECT_EQ(shape(share_pasts({past("abcd"), past("efgh")})), "- -");
}

TEST(SweepForest, OtherKeysAndSeedsAreNeverTogether) {
  EXPECT_EQ(shape(share_pasts({past("aaaa", "seed 1"), past("aaaa", "seed 2"),
                               past("aaab", "seed 1"), past("aaab", "seed 2")})),
            "- - 0@3 1@3");
}

TEST(SweepForest, WhoIsAloneStaysAlone) {
  Past unpredictable = past("");
  unpredictable.alone = "its rates depend on results";
  EXPECT_EQ(shape(share_pasts({unpredictable, unpredictable, past("a")})), "- - -");
  Past told = past("aaa");  // even if somebody had written hashes
  told.alone = "it cannot be continued";
  EXPECT_EQ(shape(share_pasts({past("aaa"), told})), "- -");
}

// Two that had parted and are given the same again, with a hash that is no way's but an epoch's.
TEST(SweepForest, WhoHasPartedDoesNotMeetAgain) {
  const Past one{false, "", "rest", {"x", "y", "z"}}, other{false, "", "rest", {"x", "q", "z"}};
  EXPECT_EQ(shape(share_pasts({one, other})), "- 0@1");
}

// Any two: also those that are neither's parent. By chance, from letters that say it themselves.
TEST(SweepKinship, SaysOfAllPairsWhatTheForestSaysOfSome) {
  std::mt19937 chance(1);
  int apart = 0;
  for (int round = 0; round < 50; ++round) {
    std::vector<std::string> ways;
    for (int i = 0; i < 8; ++i) {
      std::string way;
      const unsigned length = 4 + chance() % 4;
      while (way.size() < length) way += static_cast<char>('a' + chance() % 2);
      ways.push_back(way);
    }
    std::vector<Past> pasts;
    for (const std::string& way : ways) pasts.push_back(past(way));
    const Forest forest = share_pasts(pasts);
    std::vector<Trial> trials(ways.size());
    for (std::size_t i = 0; i < trials.size(); ++i) {
      trials[i].id = std::to_string(i);
      if (forest[i].parent) trials[i].parent = std::to_string(*forest[i].parent);
      trials[i].branch = forest[i].after;
    }
    const Kinship kinship(trials);
    for (std::size_t a = 0; a < ways.size(); ++a) {
      for (const std::int64_t beyond : {0, 2}) {
        std::map<std::size_t, std::int64_t> wanted, found;
        for (std::size_t b = 0; b < ways.size(); ++b) {
          const auto parts =
              std::mismatch(ways[a].begin(), ways[a].end(), ways[b].begin(), ways[b].end());
          const std::int64_t common = parts.first - ways[a].begin();
          if (a != b && common > beyond) wanted[b] = common;
        }
        for (const Relative& one : kinship.of(a, beyond)) found[one.place] = one.common;
        EXPECT_EQ(found, wanted) << round << " " << a;
        apart += wanted.empty() ? 1 : 0;
      }
    }
  }
  EXPECT_GT(apart, 0);
}

TEST(SweepKinship, ForgetsAParentThatALostLedgerKnowsNoMore) {
  std::vector<Trial> trials(2);
  trials[0].id = "a";
  trials[1].id = "b";
  trials[1].parent = "lost";
  trials[1].branch = 3;
  EXPECT_TRUE(Kinship(trials).of(0).empty());
  EXPECT_TRUE(Kinship(trials).of(1).empty());
}

TEST(SweepForest, IsDrawnForPeople) {
  const auto trial = [](std::int64_t number, const std::string& id, const std::string& parent,
                        std::int64_t branch, std::int64_t epochs) {
    Trial made;
    made.number = number;
    made.id = id;
    made.parent = parent;
    made.branch = branch;
    made.epochs = epochs;
    made.words = {"x=" + std::to_string(number)};
    return made;
  };
  const std::vector<Trial> trials = {trial(0, "a", "", 0, 10), trial(1, "b", "a", 5, 10),
                                     trial(2, "c", "b", 7, 9), trial(3, "d", "a", 10, 10),
                                     trial(4, "e", "", 0, 3)};
  EXPECT_EQ(sharing_tree(trials),
            "trial 0 trains 1 to 10  (x=0)\n"
            "├─ after epoch 5: trial 1 trains 6 to 10  (x=1)\n"
            "│  └─ after epoch 7: trial 2 trains 8 to 9  (x=2)\n"
            "└─ after epoch 10: trial 3 trains nothing more  (x=3)\n");
  EXPECT_EQ(count_epochs(trials).all, 42);
  EXPECT_EQ(count_epochs(trials).trained, 10 + 5 + 2 + 0 + 3);
  EXPECT_EQ(sharing_tree({trials[0], trials[4]}), "");
}

}  // namespace
}  // namespace r50::sweep
