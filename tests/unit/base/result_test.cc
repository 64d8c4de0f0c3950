#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

namespace selfsame {
namespace {

Error SomeError() {
  return {.code = ErrorCode::kNotFound, .reason = "NOT_THERE", .message = "look for it"};
}

Result<int> Half(int number) {
  if (number % 2 != 0) return SomeError();
  return number / 2;
}

Result<std::string> HalfInWords(int number) {
  SELFSAME_ASSIGN_OR_RETURN(const int half, Half(number));
  return std::to_string(half);
}

Status CheckEven(int number, int* calls_after) {
  SELFSAME_RETURN_IF_ERROR(Half(number));
  ++*calls_after;
  return {};
}

TEST(ResultTest, HoldsAValue) {
  const Result<int> result = Half(4);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(static_cast<bool>(result));
  EXPECT_EQ(*result, 2);
}

TEST(ResultTest, HoldsAnError) {
  const Result<int> result = Half(3);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(result.error().reason, "NOT_THERE");
}

TEST(ResultTest, MovesOutWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> owned = std::move(result).value();
  EXPECT_EQ(*owned, 7);
}

TEST(ResultTest, AssignOrReturnPassesTheErrorOn) {
  EXPECT_EQ(*HalfInWords(4), "2");
  EXPECT_EQ(HalfInWords(3).error().reason, "NOT_THERE");
}

TEST(ResultTest, ReturnIfErrorStopsAtTheError) {
  int calls_after = 0;
  EXPECT_TRUE(CheckEven(2, &calls_after).ok());
  EXPECT_EQ(CheckEven(3, &calls_after).error().reason, "NOT_THERE");
  EXPECT_EQ(calls_after, 1);
}

TEST(ResultTest, EveryErrorCodeHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    names.insert(ErrorCodeName(static_cast<ErrorCode>(code)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::kInternal) + 1);
}

TEST(ResultDeathTest, AskingForWhatIsNotThereAborts) {
  EXPECT_DEATH((void)*Half(3), "check failed");
  EXPECT_DEATH((void)Half(4).error(), "check failed");
  EXPECT_DEATH((void)Status().error(), "check failed");
}

}  // namespace
}  // namespace selfsame
