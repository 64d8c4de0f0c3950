#include "tests/bench/meter.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"

namespace selfsame::bench {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kPatience{20};

// Reports work until the meter has seen enough; says how many records that were.
std::uint64_t Drive(Meter& meter, std::uint64_t records, Clock::duration latency) {
  const Deadline deadline = Deadline::After(kPatience);
  std::uint64_t driven = 0;
  while (!meter.IsOver() && !deadline.Expired()) {
    meter.Done(records, latency);
    driven += records;
  }
  return driven;
}

TEST(MeterTest, CountsWhatIsDoneWithinTheMeasuredTimeOnly) {
  Meter meter({}, SecondsDouble(0.02), SecondsDouble(0.05));
  const std::uint64_t driven = Drive(meter, 7, milliseconds(3));
  ASSERT_TRUE(meter.IsOver());
  meter.Done(7, milliseconds(3));  // What drains afterwards.
  const Slice slice = meter.TakeSlice();
  EXPECT_EQ(slice.records_in_all, driven + 7);
  EXPECT_GT(slice.records, 0U);
  EXPECT_LT(slice.records, driven);
  EXPECT_EQ(slice.records % 7, 0U);
  EXPECT_GE(slice.seconds, 0.05);
}

TEST(MeterTest, LatenciesAreQuantilesOfTheMeasuredTime) {
  Meter meter({}, SecondsDouble(0), SecondsDouble(0.02));
  meter.Done(1, milliseconds(9'000));  // Begins the measured time; itself of the run-in.
  const Deadline deadline = Deadline::After(kPatience);
  for (int i = 0; !meter.IsOver() && !deadline.Expired(); ++i) {
    meter.Done(1, i % 10 == 0 ? milliseconds(500) : milliseconds(10));
  }
  const Slice slice = meter.TakeSlice();
  EXPECT_FLOAT_EQ(slice.p50_ms, 10);
  EXPECT_FLOAT_EQ(slice.p99_ms, 500);
}

TEST(MeterTest, TheClientsCpuTimeIsThisProcesss) {
  Meter meter({}, SecondsDouble(0), SecondsDouble(0.3));
  Drive(meter, 1, milliseconds(1));
  const Slice slice = meter.TakeSlice();
  EXPECT_GT(slice.cpu.client, 0);
  EXPECT_LT(slice.cpu.client, slice.seconds + 0.1);
  EXPECT_EQ(slice.cpu.server, 0);
  EXPECT_EQ(slice.cpu.postgres, 0);
}

TEST(CpuTest, WorkShowsAndNobodyHasDoneAny) {
  const Deadline deadline = Deadline::After(kPatience);
  while (CpuSeconds(getpid()) == 0 && !deadline.Expired()) continue;
  EXPECT_GT(CpuSeconds(getpid()), 0);
  EXPECT_GT(ClusterCpuSeconds(getpid()), 0);
  EXPECT_EQ(CpuSeconds(0), 0);
  EXPECT_EQ(ClusterCpuSeconds(0), 0);
}

// As PostgreSQL's backends come and go.
TEST(CpuTest, AClusterCountsTheChildrenItHad) {
  const double before = ClusterCpuSeconds(getpid());
  const Deadline deadline = Deadline::After(kPatience);
  const pid_t child = fork();
  if (child == 0) {
    while (CpuSeconds(getpid()) < 0.1 && !deadline.Expired()) continue;
    _exit(0);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_GE(ClusterCpuSeconds(getpid()) - before, 0.1);
}

}  // namespace
}  // namespace selfsame::bench
