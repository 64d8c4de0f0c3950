// That the benchmark runs to its end and measures what it says; never how fast.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/support/program.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {
namespace {

constexpr std::chrono::seconds kRunWait{100};

struct Ran {
  int exit_code = 0;
  std::string output;
  std::string errors;
};

Ran RunBench(std::vector<std::string> arguments) {
  const TempFolder folder;
  arguments.insert(arguments.begin(), "selfsame_bench");
  const std::string output = folder.path() + "/output";
  const std::string errors = folder.path() + "/errors";
  const auto exit_code = RunProgram({.arguments = std::move(arguments),
                                     .output_path = output,
                                     .error_path = errors,
                                     .environment = {}},
                                    kRunWait);
  return {exit_code.value_or(-1), ReadWholeFile(output), ReadWholeFile(errors)};
}

TEST(BenchTest, EveryCaseMovesRowsAndAllOfThemAreStored) {
  const Ran ran = RunBench({"--seconds", "0.1", "--slices", "1", "--output", "json"});
  ASSERT_EQ(ran.exit_code, 0) << ran.errors;
  const nlohmann::json report = nlohmann::json::parse(ran.output);
  std::set<std::string> names;
  for (const auto& measured : report.at("cases")) {
    const std::string name = measured.at("name");
    names.insert(name);
    EXPECT_GT(measured.at("records_per_second").get<double>(), 0) << name;
    EXPECT_EQ(measured.at("of_copy").is_number(),
              name.starts_with("known") || name.starts_with("new") || name.starts_with("mixed"))
        << name;
  }
  EXPECT_EQ(names, (std::set<std::string>{"copy-1", "copy-2", "grpc-stream-100", "grpc-unary-1",
                                          "grpc-unary-100", "known-stream-100", "known-unary-1",
                                          "known-unary-100", "mixed-stream-100", "new-stream-100",
                                          "new-unary-1", "new-unary-100", "unmeasured-known",
                                          "unmeasured-mixed", "unmeasured-new"}));
  EXPECT_GT(report.at("goal").at("of_copy").get<double>(), 0);
  EXPECT_GT(report.at("acked_records").get<int>(), 10'000);
  EXPECT_EQ(report.at("stored_records"), report.at("acked_records"));
  EXPECT_EQ(report.at("stored_receipts"), report.at("acked_records"));
  EXPECT_GT(report.at("copied_records").get<int>(), 0);
  EXPECT_EQ(report.at("stored_copies"), report.at("copied_records"));
}

TEST(BenchTest, AnUnknownCaseIsAUsageError) {
  const Ran ran = RunBench({"--cases", "copy-2,warp"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_NE(ran.errors.find("no case warp"), std::string::npos) << ran.errors;
}

}  // namespace
}  // namespace selfsame::test
