#include "tests/soak/soak.h"

#include <gtest/gtest.h>

#include <cstdio>

namespace selfsame::soak {
namespace {

TEST(SoakTest, AWellBehavedTenantIsServedBesideAllAttacksAndTheServerStops) {
  const Report report = RunSoak({.seconds = 20, .on_progress = [](const std::string& line) {
                                   std::printf("%s\n", line.c_str());
                                 }});
  for (const std::string& failure : FailuresOf(report, true)) ADD_FAILURE() << failure;
  if (HasFailure()) std::printf("%s", FormatText(report).c_str());
}

TEST(SoakReportTest, WhatIsSlowOrGrowsOrFailsIsNamed) {
  const Calm fast{.calls = 10, .p99_ms = 10};
  const Calm slow{.calls = 10, .p99_ms = 31};
  Report report{.alone = fast, .beside = fast, .exit_code = 0};
  EXPECT_TRUE(FailuresOf(report, false).empty());
  report.beside = slow;
  EXPECT_EQ(FailuresOf(report, false).size(), 1u);
  EXPECT_TRUE(FailuresOf(report, true).empty());
  report = {.alone = fast, .beside = fast, .warm_mib = 100, .peak_mib = 100 + kGrowthMiBMax + 1};
  EXPECT_EQ(FailuresOf(report, true).size(), 2u);  // And it did not stop.
}

}  // namespace
}  // namespace selfsame::soak
