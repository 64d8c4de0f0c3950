#include "cli/output.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace selfsame::cli {
namespace {

TEST(OutputTest, ColumnsAreAsWideAsTheyNeedToBe) {
  EXPECT_EQ(FormatTable({.headings = {"ID", "NAME", "X"},
                         .rows = {{"1", "a longer name", "y"}, {"1234", "b", ""}}}),
            "ID    NAME           X\n"
            "1     a longer name  y\n"
            "1234  b              \n");
}

TEST(OutputTest, WidthIsCountedInCodePoints) {
  EXPECT_EQ(FormatTable({.headings = {"A", "B"}, .rows = {{"Zoë", "1"}, {"Zoe!", "2"}}}),
            "A     B\nZoë   1\nZoe!  2\n");
}

TEST(OutputTest, ErrorsEndWithTheExitCodeOfTheirKind) {
  const struct {
    ErrorCode code;
    ExitCode exit;
  } cases[] = {{ErrorCode::kInvalidArgument, ExitCode::kUsage},
               {ErrorCode::kNotFound, ExitCode::kNotFound},
               {ErrorCode::kFailedPrecondition, ExitCode::kRefused},
               {ErrorCode::kPermissionDenied, ExitCode::kRefused},
               {ErrorCode::kUnauthenticated, ExitCode::kRefused},
               {ErrorCode::kUnavailable, ExitCode::kUnavailable},
               {ErrorCode::kDeadlineExceeded, ExitCode::kUnavailable},
               {ErrorCode::kInternal, ExitCode::kFailed}};
  for (const auto& expected : cases) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(Output(OutputFormat::kText).Fail({.code = expected.code, .message = "m"}),
              expected.exit);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "selfsame: m\n");
  }
}

TEST(OutputTest, ErrorsAreJsonWhenJsonWasAskedFor) {
  const Error error{.code = ErrorCode::kInvalidArgument,
                    .reason = "FIELDS_INVALID",
                    .message = "creating a \"tenant\"",
                    .violations = {{"name", "FORMAT", "not a name"}}};
  testing::internal::CaptureStderr();
  Output(OutputFormat::kJson).Fail(error);
  const auto json = nlohmann::json::parse(testing::internal::GetCapturedStderr());
  EXPECT_EQ(json["error"]["reason"], "FIELDS_INVALID");
  EXPECT_EQ(json["error"]["message"], "creating a \"tenant\"");
  EXPECT_EQ(json["error"]["violations"][0]["field"], "name");
}

TEST(OutputTest, JsonIsOneLineAndNeverFailsOnBytes) {
  testing::internal::CaptureStdout();
  Output(OutputFormat::kJson).Json({{"b", "line\nbreak"}, {"a", "\xFF"}});
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "{\"b\":\"line\\nbreak\",\"a\":\"\xEF\xBF\xBD\"}\n");
}

}  // namespace
}  // namespace selfsame::cli
