#include "server/ingest/evidence.h"

#include <gtest/gtest.h>

namespace selfsame::ingest {
namespace {

NodeId NodeOf(std::uint8_t number) {
  NodeId node;
  node.bytes[0] = number;
  return node;
}

PreparedRecord RecordOf(std::vector<std::uint8_t> nodes, std::int64_t at) {
  PreparedRecord record;
  record.event_time = TimeUs{at};
  for (const std::uint8_t node : nodes) record.mentions.push_back({.node = NodeOf(node)});
  return record;
}

Evidence GatherOf(const std::vector<PreparedRecord>& records, const IdentityCache& cache) {
  std::vector<const PreparedRecord*> pointers;
  for (const PreparedRecord& record : records) pointers.push_back(&record);
  return Gather(pointers, cache);
}

TEST(Evidence, UnknownIdentifiersAndLinksAreGatheredOnceWithTheEarliestTime) {
  const IdentityCache cache(10);
  const Evidence evidence =
      GatherOf({RecordOf({9, 1}, 20), RecordOf({9, 1}, 10), RecordOf({9}, 5)}, cache);
  EXPECT_EQ(evidence.nodes.size(), 2U);
  ASSERT_EQ(evidence.edges.size(), 1U);
  EXPECT_EQ(evidence.edges.begin()->first.ends, NodePair(NodeOf(1), NodeOf(9)));
  EXPECT_EQ(evidence.edges.begin()->second.first_evidence, TimeUs{10});
  EXPECT_EQ(evidence.known_records, 0U);
}

TEST(Evidence, WhatWasLearnedIsNotGatheredAgain) {
  IdentityCache cache(10);
  cache.Learn(RecordOf({9, 1}, 10), ProfileId{});
  const Evidence evidence =
      GatherOf({RecordOf({9, 1}, 10), RecordOf({9, 1}, 11), RecordOf({9}, 1)}, cache);
  EXPECT_TRUE(evidence.nodes.empty());
  EXPECT_TRUE(evidence.edges.empty());
  EXPECT_EQ(evidence.known_records, 3U);
}

TEST(Evidence, AKnownLinkIsNewsOnceItIsOfOneCustomer) {
  IdentityCache cache(10);
  cache.Learn(RecordOf({9, 1}, 10), ProfileId{});
  PreparedRecord record = RecordOf({9, 1}, 11);
  record.mentions[1].is_of_one_customer = true;
  const Evidence evidence = GatherOf({record}, cache);
  ASSERT_EQ(evidence.edges.size(), 1U);
  EXPECT_EQ(evidence.edges.begin()->first.strength, identity::Strength::kOneCustomer);
  cache.Learn(record, ProfileId{});
  EXPECT_EQ(GatherOf({record, RecordOf({9, 1}, 10)}, cache).known_records, 2U);
}

TEST(Evidence, TheSamePairIsGatheredOncePerStrength) {
  const IdentityCache cache(10);
  PreparedRecord record = RecordOf({9, 1}, 11);
  record.mentions[1].is_of_one_customer = true;
  EXPECT_EQ(GatherOf({record, RecordOf({9, 1}, 10), record}, cache).edges.size(), 2U);
}

TEST(Evidence, EarlierEvidenceForAKnownLinkIsNews) {
  IdentityCache cache(10);
  cache.Learn(RecordOf({9, 1}, 10), ProfileId{});
  EXPECT_EQ(GatherOf({RecordOf({9, 1}, 9)}, cache).edges.size(), 1U);
}

TEST(Evidence, AnAnchorWithMoreLinksThanTheCacheKeepsIsStillRight) {
  IdentityCache cache(10);
  PreparedRecord many = RecordOf({255}, 10);
  for (std::size_t i = 0; i < kKnownLinksMax + 20; ++i) {
    many.mentions.push_back({.node = NodeOf(static_cast<std::uint8_t>(i))});
  }
  cache.Learn(many, ProfileId{});
  EXPECT_EQ(cache.Find(NodeOf(255))->links.size(), kKnownLinksMax);
  EXPECT_EQ(GatherOf({many}, cache).edges.size(), 20U);
}

}  // namespace
}  // namespace selfsame::ingest
