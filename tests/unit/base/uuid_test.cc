#include "base/uuid.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace selfsame {
namespace {

const TimeUs kNow{1709208000'123456};

TEST(UuidTest, Version7HoldsTheMillisecond) {
  const RecordId id = NewUuidV7<RecordId>(kNow);
  EXPECT_EQ(UuidV7Time(id.view()), TimeUs{1709208000'123000});
  const std::string text = FormatUuid(id);
  EXPECT_EQ(text[14], '7');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
}

TEST(UuidTest, LaterMillisecondsSortAfterEarlierOnes) {
  const auto earlier = NewUuidV7<RecordId>(kNow);
  const auto later = NewUuidV7<RecordId>(kNow + std::chrono::milliseconds(1));
  EXPECT_LT(earlier, later);
}

TEST(UuidTest, AllDifferAlsoAcrossThreads) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5'000;
  std::vector<std::vector<RecordId>> made(kThreads);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&mine] {
        for (int i = 0; i < kEach; ++i) mine.push_back(NewUuidV7<RecordId>(kNow));
      });
    }
  }
  std::set<RecordId> all;
  for (const auto& mine : made) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), std::size_t{kThreads} * kEach);
}

TEST(UuidTest, PrintsAndParsesBothWays) {
  const std::string text = "018df4b2-1c3b-7abc-8def-0123456789ab";
  const auto bytes = ParseUuid(text);
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(FormatUuid(RecordId{*bytes}), text);
  EXPECT_EQ(ParseUuid("018DF4B2-1C3B-7ABC-8DEF-0123456789AB"), bytes);
}

TEST(UuidTest, RefusesEveryOtherForm) {
  for (const char* text :
       {"", "018df4b2-1c3b-7abc-8def-0123456789a", "018df4b2-1c3b-7abc-8def-0123456789abc",
        "018df4b21c3b7abc8def0123456789ab0000", "{18df4b2-1c3b-7abc-8def-0123456789ab",
        "018df4b2-1c3b-7abc-8def-0123456789ag", "018df4b-21c3b-7abc-8def-0123456789ab"}) {
    EXPECT_EQ(ParseUuid(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace selfsame
