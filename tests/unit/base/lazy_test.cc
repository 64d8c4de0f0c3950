#include "base/lazy.h"

#include <gtest/gtest.h>

#include <string>

namespace selfsame {
namespace {

Error Missing() {
  return {.code = ErrorCode::kFailedPrecondition, .reason = "MISSING", .message = "is not there"};
}

TEST(LazyTest, ASuccessIsKept) {
  Lazy<std::string> lazy;
  const auto first = lazy.Get([] { return Result<std::string>("value"); });
  ASSERT_TRUE(first.ok());
  const auto second = lazy.Get([] { return Result<std::string>(Missing()); });
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(*first, *second);
  EXPECT_EQ(**second, "value");
}

TEST(LazyTest, AFailureIsNotKept) {
  Lazy<std::string> lazy(std::chrono::milliseconds(0));
  EXPECT_EQ(lazy.Get([] { return Result<std::string>(Missing()); }).error().reason, "MISSING");
  const auto second = lazy.Get([] { return Result<std::string>("value"); });
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(**second, "value");
}

TEST(LazyTest, AFailureIsNotTriedAgainAtOnce) {
  Lazy<std::string> lazy(std::chrono::hours(1));
  int tries = 0;
  for (int i = 0; i < 3; ++i) {
    const auto got = lazy.Get([&] {
      ++tries;
      return Result<std::string>(Missing());
    });
    EXPECT_EQ(got.error().reason, "MISSING");
  }
  EXPECT_EQ(tries, 1);
}

}  // namespace
}  // namespace selfsame
