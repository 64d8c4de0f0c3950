#include "base/hash.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace selfsame {
namespace {

using Digest = std::array<std::uint8_t, 16>;

const std::string kKey(32, 'k');

Digest HashOf(std::initializer_list<std::string_view> parts, std::string_view key = {}) {
  Hasher hasher(key);
  for (const std::string_view part : parts) hasher.Add(part);
  return hasher.Finish();
}

TEST(HashTest, SamePartsGiveTheSameDigest) { EXPECT_EQ(HashOf({"a", "b"}), HashOf({"a", "b"})); }

TEST(HashTest, PartsThatJoinToTheSameTextDiffer) {
  const std::set<Digest> digests = {HashOf({"ab", "c"}), HashOf({"a", "bc"}), HashOf({"abc"}),
                                    HashOf({"abc", ""}), HashOf({"", "abc"})};
  EXPECT_EQ(digests.size(), 5u);
}

TEST(HashTest, AnotherKeyGivesAnotherDigest) {
  EXPECT_NE(HashOf({"a"}, kKey), HashOf({"a"}));
  EXPECT_NE(HashOf({"a"}, kKey), HashOf({"a"}, std::string(32, 'x')));
}

TEST(HashTest, NumbersDifferInEveryByte) {
  std::set<Digest> digests;
  for (int byte = 0; byte < 8; ++byte) {
    digests.insert(Hasher(kKey).Add(std::int64_t{1} << (8 * byte)).Finish());
  }
  digests.insert(Hasher(kKey).Add(std::int64_t{-1}).Finish());
  EXPECT_EQ(digests.size(), 9u);
}

// RFC 7693 gives BLAKE2b-512 only; this is `printf abc | b2sum -l 256`.
TEST(HashTest, HexDigestIsBlake2bOf256Bits) {
  EXPECT_EQ(HexDigest256("abc"),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

// Lanes and shards are computed from it on every machine and by every version: `b2sum -l 128`,
// its first eight bytes. A change here moves data that is already stored.
TEST(HashTest, StableHashNeverChanges) {
  EXPECT_EQ(StableHash64(""), 0xcae66941d9efbd40ull);
  EXPECT_EQ(StableHash64("abc"), 0xcf4ab791c62b8d2bull);
}

}  // namespace
}  // namespace selfsame
