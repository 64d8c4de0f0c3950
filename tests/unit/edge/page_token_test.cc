// Tokens of pages come back as they were made, and only for the list they were made for.
#include "server/edge/page_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace selfsame::edge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

PagedList List(std::vector<std::string> filters = {"a", ""}) {
  return {.name = "ListThings", .filters = std::move(filters)};
}

TEST(PageTokenTest, APositionComesBackWhateverItsTexts) {
  const std::string token = EncodePageToken(List(), {"shop.v1.Order", "12", "", "\n\xC3\xA9\x01"});
  const auto position = DecodePageToken(List(), token, 4);
  ASSERT_TRUE(position.ok());
  EXPECT_THAT(*position, ElementsAre("shop.v1.Order", "12", "", "\n\xC3\xA9\x01"));
  EXPECT_EQ(PositionNumber((*position)[1]), 12u);
}

TEST(PageTokenTest, AnEmptyTokenIsTheFirstPage) {
  const auto position = DecodePageToken(List(), "", 2);
  ASSERT_TRUE(position.ok());
  EXPECT_THAT(*position, IsEmpty());
}

TEST(PageTokenTest, RefusesWhatIsNotATokenOfThisListAndTheseFilters) {
  const std::string token = EncodePageToken(List(), {"a", "b"});
  ASSERT_TRUE(DecodePageToken(List(), token, 2).ok());
  const auto expect_refused = [](const PagedList& list, const std::string& text,
                                 std::size_t parts) {
    const auto position = DecodePageToken(list, text, parts);
    ASSERT_FALSE(position.ok()) << text;
    EXPECT_EQ(position.error().reason, "PAGE_TOKEN_MALFORMED");
    EXPECT_EQ(position.error().violations.at(0).field, "page_token");
  };
  expect_refused(List({"a", "x"}), token, 2);
  expect_refused(List({"", "a"}), token, 2);
  expect_refused({.name = "ListOthers", .filters = {"a", ""}}, token, 2);
  expect_refused(List(), token, 3);
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == '0' ? '1' : '0';
    expect_refused(List(), changed, 2);
    expect_refused(List(), token.substr(0, i).empty() ? "0" : token.substr(0, i), 2);
  }
  expect_refused(List(), token + "0", 2);
  expect_refused(List(), token + "zz", 2);
}

}  // namespace
}  // namespace selfsame::edge
