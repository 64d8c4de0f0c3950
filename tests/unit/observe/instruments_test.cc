#include "server/observe/instruments.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <vector>

namespace selfsame::observe {
namespace {

constexpr std::array kBounds = {1.0, 10.0};

TEST(CounterTest, LosesNothingUnderConcurrentAdds) {
  Counter counter;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&counter] {
        for (int i = 0; i < 10'000; ++i) counter.Add(2);
      });
    }
  }
  EXPECT_EQ(counter.Value(), 80'000u);
}

TEST(GaugeTest, GoesUpAndDown) {
  Gauge gauge(5);
  gauge.Add(3);
  gauge.Add(-10);
  EXPECT_EQ(gauge.Value(), -2);
  gauge.Set(7);
  EXPECT_EQ(gauge.Value(), 7);
}

TEST(HistogramTest, ABoundBelongsToTheRangeItCloses) {
  Histogram histogram(kBounds);
  for (const double value : {0.5, 1.0, 1.5, 10.0, 10.5, 1000.0}) histogram.Observe(value);
  EXPECT_EQ(histogram.Count(0), 2u);
  EXPECT_EQ(histogram.Count(1), 2u);
  EXPECT_EQ(histogram.Count(2), 2u);
  EXPECT_EQ(histogram.Total(), 6u);
  EXPECT_DOUBLE_EQ(histogram.Sum(), 1023.5);
}

TEST(LabelledCountersTest, CountsEachValueApartAndUnknownOnesAsOther) {
  static constexpr std::array<std::string_view, 2> kReasons = {"KEY_REUSED", "TOO_LONG"};
  LabelledCounters counters("reason", kReasons);
  counters.Of("KEY_REUSED").Add(2);
  counters.Of("made up by a client").Add(3);
  counters.Of("").Add(4);
  EXPECT_EQ(counters.Of("KEY_REUSED").Value(), 2u);
  EXPECT_EQ(counters.Of("TOO_LONG").Value(), 0u);
  EXPECT_EQ(counters.Of("OTHER").Value(), 7u);
  EXPECT_EQ(counters.members().size(), 3u);
}

TEST(LabelledCountersTest, AValueNamedTwiceIsOneSeries) {
  static constexpr std::array<std::string_view, 2> kReasons = {"SAME", "SAME"};
  LabelledCounters counters("reason", kReasons);
  counters.Of("SAME").Add();
  EXPECT_EQ(counters.members().size(), 2u);
  EXPECT_EQ(counters.members().front().instrument.Value(), 1u);
}

TEST(LaneHistogramsTest, EachLaneHasItsOwn) {
  LaneHistograms lanes(2, kBounds);
  lanes.Of(1).Observe(3);
  EXPECT_EQ(lanes.Of(0).Total(), 0u);
  EXPECT_EQ(lanes.Of(1).Total(), 1u);
}

TEST(LaneHistogramsDeathTest, ALaneThatIsNoneIsAMistake) {
  LaneHistograms lanes(2, kBounds);
  EXPECT_DEATH(lanes.Of(2), "check failed");
}

}  // namespace
}  // namespace selfsame::observe
