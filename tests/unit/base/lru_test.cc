#include "base/lru.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace selfsame {
namespace {

using Map = LruMap<int, std::string, std::hash<int>>;

TEST(LruTest, FindsWhatWasPut) {
  Map map(2);
  map.Put(1) = "one";
  ASSERT_NE(map.Find(1), nullptr);
  EXPECT_EQ(*map.Find(1), "one");
  EXPECT_EQ(map.Find(2), nullptr);
}

TEST(LruTest, ForgetsTheLeastRecentlyUsedPastItsBound) {
  Map map(2);
  map.Put(1) = "one";
  map.Put(2) = "two";
  map.Find(1);
  map.Put(3) = "three";
  EXPECT_NE(map.Find(1), nullptr);
  EXPECT_EQ(map.Find(2), nullptr);
  EXPECT_NE(map.Find(3), nullptr);
  EXPECT_EQ(map.size(), 2u);
}

TEST(LruTest, PuttingAKnownKeyKeepsItsValueAndMakesItRecent) {
  Map map(2);
  map.Put(1) = "one";
  map.Put(2) = "two";
  EXPECT_EQ(map.Put(1), "one");
  map.Put(3) = "three";
  EXPECT_NE(map.Find(1), nullptr);
  EXPECT_EQ(map.Find(2), nullptr);
}

TEST(LruTest, AKeyThatCameBackStartsEmpty) {
  Map map(1);
  map.Put(1) = "one";
  map.Put(2) = "two";
  EXPECT_EQ(map.Put(1), "");
}

TEST(LruTest, ErasedKeysAreGoneAndMakeRoom) {
  Map map(2);
  map.Put(1) = "one";
  map.Put(2) = "two";
  map.Erase(1);
  map.Erase(7);
  EXPECT_EQ(map.Find(1), nullptr);
  map.Put(3) = "three";
  EXPECT_NE(map.Find(2), nullptr);
  EXPECT_EQ(map.size(), 2u);
}

TEST(LruDeathTest, ABoundOfNothingIsAMistake) { EXPECT_DEATH(Map(0), "check failed"); }

}  // namespace
}  // namespace selfsame
