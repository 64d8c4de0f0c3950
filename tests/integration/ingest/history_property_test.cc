// Random histories through several lanes of two servers at once, in any order, against the pure
// functions: the partition and the folded values depend on the records alone (INV-4, INV-5).
#include "tests/integration/ingest/history_fixture.h"

namespace selfsame::ingest {
namespace {

TEST_F(HistoryProperty, AnyOrderByAnyNumberOfWritersIsWhatThePureFunctionsSay) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 6; ++round) {
    const std::vector<TestRecord> history = RandomHistory(random, {.sources = kSources});
    const People expected = Expect(history).Resolve();
    for (const int threads : {1, 4, 8}) {
      Query(kWipe, [](const auto&) {});
      SendShuffled(history, random, threads);
      ASSERT_EQ(Stored(), expected) << "round " << round << ", " << threads << " writers";
      EXPECT_EQ(Count(kOutboxless), 0);  // INV-9
      EXPECT_EQ(WrongSums(), 0U);
    }
  }
  EXPECT_EQ(Count(kDeadlocks), 0);  // INV-6
}

TEST_F(HistoryProperty, UnmergedIsAsIfTheEvidenceHadNeverBeen) {
  std::mt19937_64 random(test::Seed());
  for (int round = 0; round < 6; ++round) {
    const std::vector<TestRecord> history =
        RandomHistory(random, {.records = 100, .sources = kSources});
    Query(kWipe, [](const auto&) {});
    SendShuffled(history, random, 2);
    UnmergeSome(random, 5);
    ASSERT_EQ(Stored(), Expect(history).Resolve(PairsOf(kRevoked), PartedGroups()))
        << "round " << round;
    EXPECT_EQ(Count(kOutboxless), 0);  // INV-9
    EXPECT_EQ(WrongSums(), 0U);
  }
}

// Two thousand histories, of people that only meet within each.
TEST_F(HistoryProperty, ThousandsOfSmallHistoriesAreWhatThePureFunctionsSay) {
  std::mt19937_64 random(test::Seed());
  const std::vector<TestRecord> histories = ManyHistories(random, 2'000, kSources);
  const People expected = Expect(histories).Resolve();
  for (const int threads : {1, 4}) {
    Query(kWipe, [](const auto&) {});
    SendShuffled(histories, random, threads);
    EXPECT_EQ(FirstDifference(Stored(), expected), "") << threads << " writers";
    EXPECT_EQ(Count(kOutboxless), 0);  // INV-9
    EXPECT_EQ(WrongSums(), 0U);
  }
  EXPECT_EQ(Count(kDeadlocks), 0);  // INV-6
}

// Somebody takes merges back in the midst of three thousand histories; what is said afterwards,
// also what repeats the evidence that was taken back, changes nothing of that.
TEST_F(HistoryProperty, UnmergesInTheMidstOfHistoriesHoldForWhatComesAfter) {
  std::mt19937_64 random(test::Seed());
  std::vector<TestRecord> histories = ManyHistories(random, 3'000, kSources);
  const Expectation expectation = Expect(histories);
  std::shuffle(histories.begin(), histories.end(), random);
  const auto middle = histories.begin() + static_cast<std::ptrdiff_t>(histories.size() / 2);
  SendShuffled({histories.begin(), middle}, random, 4);
  UnmergeSome(random, 300);
  SendShuffled({middle, histories.end()}, random, 4);
  const Groups parted = PartedGroups();
  EXPECT_GT(parted.size(), 100U);
  EXPECT_EQ(FirstDifference(Stored(), expectation.Resolve(PairsOf(kRevoked), parted)), "");
  EXPECT_EQ(Count(kOutboxless), 0);  // INV-9
  EXPECT_EQ(WrongSums(), 0U);
}

TEST_F(HistoryProperty, ManyClientsLinkingRandomPairsMakeThePeopleOfOneWriter) {
  std::mt19937_64 random(test::Seed());
  std::vector<TestRecord> history;
  for (int i = 0; i < 4'000; ++i) {
    // In five communities of 202 identifiers: refused evidence ties at most 250 (ADR 12).
    const auto community = random() % 5;
    const auto name = [&]() -> std::pair<std::string, std::string> {
      if (random() % 4 == 0) {
        return {"customer_id", "c" + std::to_string(2 * community + random() % 2)};
      }
      return {"anonymous_id", "a-" + std::to_string(200 * community + random() % 200) + "x"};
    };
    history.push_back({.key = "k" + std::to_string(i),
                       .at_seconds = 1'600'000'000 + i,
                       .identifiers = {name(), name()}});
  }
  SendShuffled(history, random, 64);
  EXPECT_EQ(Stored(), Expect(history).Resolve());
  EXPECT_EQ(Count(kDeadlocks), 0);  // INV-6
}

}  // namespace
}  // namespace selfsame::ingest
