#include "server/ingest/activity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace selfsame::ingest {
namespace {

using storage::ActivityEntry;
using testing::ElementsAre;
using testing::IsEmpty;

NodeId NodeOf(std::uint8_t number) {
  NodeId node;
  node.bytes[0] = number;
  return node;
}

PreparedRecord RecordOf(std::uint8_t anchor, std::int64_t at, int source,
                        RecordKind kind = RecordKind::kEvent) {
  PreparedRecord record;
  record.kind = kind;
  record.source = SourceId{source};
  record.event_time = TimeUs{at};
  record.mentions.push_back({.node = NodeOf(anchor)});
  record.mentions.push_back({.node = NodeOf(1)});
  return record;
}

TEST(Activity, OneEntryPerAnchorInAscendingOrder) {
  const PreparedRecord a = RecordOf(255, 30, 1);
  const PreparedRecord b = RecordOf(7, 10, 1);
  const PreparedRecord c = RecordOf(255, 20, 2, RecordKind::kProfileUpdate);
  const PreparedRecord d = RecordOf(255, 25, 3);
  const ActivityEntry first{NodeOf(7), 1, TimeUs{10}, TimeUs{10}, SourceId{1}};
  const ActivityEntry second{NodeOf(255), 2, TimeUs{20}, TimeUs{30}, SourceId{1}};
  EXPECT_THAT(ActivityOf({&a, &b, &c, &d}), ElementsAre(first, second));
  EXPECT_THAT(ActivityOf({&d, &c, &b, &a}), ElementsAre(first, second));
  EXPECT_THAT(ActivityOf({}), IsEmpty());
}

TEST(Activity, OfEqualTimesTheSourceCreatedLastIsTheLast) {
  const PreparedRecord a = RecordOf(7, 10, 1);
  const PreparedRecord b = RecordOf(7, 10, 3);
  const PreparedRecord c = RecordOf(7, 10, 2);
  const ActivityEntry sum{NodeOf(7), 3, TimeUs{10}, TimeUs{10}, SourceId{3}};
  EXPECT_THAT(ActivityOf({&a, &b, &c}), ElementsAre(sum));
  EXPECT_THAT(ActivityOf({&c, &b, &a}), ElementsAre(sum));
}

}  // namespace
}  // namespace selfsame::ingest
