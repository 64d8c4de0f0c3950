#include "cli/quarantine/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace selfsame::cli {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Error Busy() { return {ErrorCode::kUnavailable, "", "busy"}; }

// Answers with what was prepared, and remembers what it was asked.
struct Server {
  std::deque<Result<std::string>> answers;
  std::vector<std::string> tokens;
  std::vector<std::string> notes;
  int waits_until_stop = -1;  // -1: never stops.

  PageHooks Hooks() {
    return {.page =
                [this](const std::string& token) {
                  tokens.push_back(token);
                  Result<std::string> answer = answers.front();
                  if (answers.size() > 1) answers.pop_front();
                  return answer;
                },
            .interrupted = [this](milliseconds) { return waits_until_stop-- == 0; },
            .note = [this](const std::string& what) { notes.push_back(what); }};
  }
};

TEST(PagesTest, GoesOnUntilThereIsNoNextOne) {
  Server server{.answers = {std::string("a"), std::string("b"), std::string()}};
  EXPECT_TRUE(ForEachPage(server.Hooks(), milliseconds(1'000)).ok());
  EXPECT_THAT(server.tokens, ElementsAre("", "a", "b"));
  EXPECT_THAT(server.notes, IsEmpty());
}

TEST(PagesTest, APageThatFailsForAWhileIsTriedAgainWithItsToken) {
  Server server{.answers = {std::string("a"), Busy(), Busy(), std::string()}};
  EXPECT_TRUE(ForEachPage(server.Hooks(), std::chrono::minutes(1)).ok());
  EXPECT_THAT(server.tokens, ElementsAre("", "a", "a", "a"));
  EXPECT_THAT(server.notes, SizeIs(1));
}

TEST(PagesTest, GivesUpWhenRetriesDoNotHelp) {
  Server server{.answers = {Busy()}};
  const Status status = ForEachPage(server.Hooks(), milliseconds(0));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
}

TEST(PagesTest, WhatNoRetryHelpsIsReturnedAtOnce) {
  Server server{.answers = {Error{ErrorCode::kPermissionDenied, "SCOPE_MISSING", "no"}}};
  const Status status = ForEachPage(server.Hooks(), std::chrono::minutes(1));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, "SCOPE_MISSING");
  EXPECT_THAT(server.tokens, SizeIs(1));
}

TEST(PagesTest, StopsBetweenPagesAndWhileItWaits) {
  Server between{.answers = {std::string("a"), std::string("b")}, .waits_until_stop = 1};
  EXPECT_EQ(ForEachPage(between.Hooks(), std::chrono::minutes(1)).error().reason, "INTERRUPTED");
  EXPECT_THAT(between.tokens, SizeIs(1));
  Server waiting{.answers = {Busy()}, .waits_until_stop = 3};
  EXPECT_EQ(ForEachPage(waiting.Hooks(), std::chrono::minutes(1)).error().reason, "INTERRUPTED");
}

TEST(PagesTest, APageThatNamesItselfIsNotFollowedForEver) {
  Server server{.answers = {std::string("a")}};
  EXPECT_EQ(ForEachPage(server.Hooks(), std::chrono::minutes(1)).error().reason, "PAGES_CIRCLE");
}

}  // namespace
}  // namespace selfsame::cli
