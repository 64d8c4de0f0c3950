// How many identifiers profiles have, before a resolution and after it.
#include "identity/profile_sizes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace selfsame::identity {
namespace {

using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

ProfileId Profile(std::uint8_t number) {
  ProfileId profile;
  profile.bytes[15] = number;
  return profile;
}

// Profiles before and after, by number; 0: none.
SizeChanges Changes(const std::vector<std::uint8_t>& before,
                    const std::vector<std::uint8_t>& after) {
  std::vector<Standing> standings;
  for (const std::uint8_t number : before) standings.push_back({Profile(number), {}});
  std::vector<ProfileId> profiles;
  for (const std::uint8_t number : after) profiles.push_back(Profile(number));
  SizeChanges changes;
  AddSizeChanges(standings, profiles, &changes);
  return changes;
}

TEST(ProfileSizesTest, AMergeTakesTwoAndGivesOne) {
  EXPECT_THAT(Changes({1, 1, 2}, {1, 1, 1}),
              UnorderedElementsAre(Pair(1, -1), Pair(2, -1), Pair(3, 1)));
}

TEST(ProfileSizesTest, WhatPartsIsCountedInParts) {
  EXPECT_THAT(Changes({1, 1, 1, 1}, {1, 1, 4, 4}), UnorderedElementsAre(Pair(4, -1), Pair(2, 2)));
}

TEST(ProfileSizesTest, NewIdentifiersMakeProfilesAndLetThemGrow) {
  EXPECT_THAT(Changes({0, 0}, {1, 2}), UnorderedElementsAre(Pair(1, 2)));
  EXPECT_THAT(Changes({1, 0}, {1, 1}), UnorderedElementsAre(Pair(1, -1), Pair(2, 1)));
}

TEST(ProfileSizesTest, WhatStaysIsNotTold) {
  EXPECT_THAT(Changes({1, 1, 2}, {1, 1, 2}), IsEmpty());
}

}  // namespace
}  // namespace selfsame::identity
