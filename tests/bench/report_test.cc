#include "tests/bench/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace selfsame::bench {
namespace {

Slice SliceOf(std::uint64_t records, double seconds) {
  return {.records = records, .seconds = seconds, .p50_ms = 5, .p99_ms = 9, .cpu = {.server = 1}};
}

// Three rounds on a machine that is slower in the second.
Findings SomeRun() {
  Findings run{.options = {.program = "", .cases = {}, .slices = 3}, .postgres_version = "15.0"};
  run.measured.push_back({.what = FindCase("copy-2"),
                          .slices = {SliceOf(1000, 1), SliceOf(100, 1), SliceOf(2000, 2)}});
  run.measured.push_back({.what = FindCase("known-stream-100"),
                          .slices = {SliceOf(500, 1), SliceOf(60, 1), SliceOf(900, 2)}});
  return run;
}

TEST(ReportTest, RatiosAreTakenWithinARoundThenTheirMedian) {
  const std::vector<Line> lines = Summarize(SomeRun());
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_FALSE(lines[0].of_copy.has_value());
  EXPECT_DOUBLE_EQ(lines[1].of_copy.value(), 0.5);  // Of 0.50, 0.60 and 0.45.
  EXPECT_FALSE(lines[1].of_grpc.has_value());       // That limit was not measured.
  EXPECT_DOUBLE_EQ(lines[1].records_per_second, 450);
}

TEST(ReportTest, CpuIsThatOfAllSlicesARecord) {
  const std::vector<Line> lines = Summarize(SomeRun());
  EXPECT_DOUBLE_EQ(lines[1].cpu_us_per_record.server, 3e6 / 1460);
}

TEST(ReportTest, TheTableHasALineForEachCaseAndTheGoal) {
  Findings run = SomeRun();
  const std::string text = FormatText(run);
  for (const char* line : {"\nCOPY limit, 2 sessions ", "\nknown people, stream x100 ",
                           "0.50, met (by CPU time 0.47)\n", "\nstored: "}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
  for (Slice& slice : run.measured[1].slices) slice.records /= 2;
  EXPECT_NE(FormatText(run).find("0.25, missed (by CPU time 0.24)\n"), std::string::npos);
  run.measured.pop_back();
  EXPECT_NE(FormatText(run).find("goal: not measured\n"), std::string::npos);
}

TEST(ReportTest, WhatMeasuresCostIsToldOfEachCaseThatWasMeasuredWithAndWithout) {
  Findings run = SomeRun();
  EXPECT_EQ(FormatText(run).find("measures of quality on / off"), std::string::npos);
  run.measured.push_back({.what = FindCase("unmeasured-known"),
                          .slices = {SliceOf(500, 1), SliceOf(80, 1), SliceOf(900, 2)}});
  EXPECT_NE(FormatText(run).find("\ngoal: known people, stream x100, measures of quality on / off "
                                 ">= 0.95: 1.00, met\n"),
            std::string::npos)
      << FormatText(run);
}

TEST(ReportTest, AProcessThatACaseLacksHasNoCpuInTheTable) {
  Findings run = SomeRun();
  run.measured = {{.what = FindCase("grpc-unary-1"), .slices = {SliceOf(10, 1)}}};
  const std::string text = FormatText(run);
  EXPECT_NE(text.find(" 100000.0         -     0.0 "), std::string::npos) << text;
}

TEST(ReportTest, JsonHasTheSameNumbers) {
  const nlohmann::json report = nlohmann::json::parse(FormatJson(SomeRun()));
  EXPECT_EQ(report.at("cases").at(1).at("name"), "known-stream-100");
  EXPECT_EQ(report.at("cases").at(1).at("of_copy"), 0.5);
  EXPECT_TRUE(report.at("cases").at(1).at("of_grpc").is_null());
  EXPECT_EQ(report.at("goal").at("is_met"), true);
}

TEST(CasesTest, EveryCaseIsFoundByItsNameAndSoIsEachLimit) {
  for (const Case& known : AllCases()) {
    EXPECT_EQ(FindCase(known.name), &known);
    EXPECT_TRUE(known.copy_limit.empty() || FindCase(known.copy_limit) != nullptr) << known.name;
    EXPECT_TRUE(known.unmeasured.empty() || FindCase(known.unmeasured) != nullptr) << known.name;
    EXPECT_TRUE(known.grpc_limit.empty() || FindCase(known.grpc_limit) != nullptr) << known.name;
  }
  EXPECT_NE(FindCase(kGoalCase), nullptr);
  EXPECT_EQ(FindCase("warp"), nullptr);
}

}  // namespace
}  // namespace selfsame::bench
