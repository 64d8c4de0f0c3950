#include "base/seal.h"

#include <gtest/gtest.h>

#include <string>

namespace selfsame {
namespace {

const std::string kPlain = std::string("ada@example.org") + '\0' + "\xff tail";

TEST(SealTest, OpensWithItsKeyAndContext) {
  const std::string key = NewSealKey();
  for (const std::string& plain : {std::string(), kPlain, std::string(100'000, 'x')}) {
    const std::string sealed = Seal(key, "here", plain);
    EXPECT_EQ(sealed.size(), plain.size() + 40);
    const Result<std::string> opened = Unseal(key, "here", sealed);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, plain);
  }
}

TEST(SealTest, SealingTwiceGivesDifferentBytesWithoutThePlainText) {
  const std::string key = NewSealKey();
  const std::string sealed = Seal(key, "here", kPlain);
  EXPECT_NE(sealed, Seal(key, "here", kPlain));
  EXPECT_EQ(sealed.find("ada@"), std::string::npos);
}

TEST(SealTest, DoesNotOpenWithAnotherKeyOrContext) {
  const std::string key = NewSealKey();
  const std::string sealed = Seal(key, "here", kPlain);
  EXPECT_EQ(Unseal(NewSealKey(), "here", sealed).error().reason, "SEAL_BROKEN");
  EXPECT_EQ(Unseal(key, "there", sealed).error().reason, "SEAL_BROKEN");
}

TEST(SealTest, DoesNotOpenWhenAnyByteChangedOrIsMissing) {
  const std::string key = NewSealKey();
  const std::string sealed = Seal(key, "here", kPlain);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(Unseal(key, "here", changed).ok()) << "byte " << i;
    EXPECT_FALSE(Unseal(key, "here", sealed.substr(0, i)).ok()) << "length " << i;
  }
}

TEST(SealTest, ErrorsDoNotShowTheSealedText) {
  const Error error = Unseal(NewSealKey(), "context-canary", "canary").error();
  EXPECT_EQ(error.message.find("canary"), std::string::npos);
}

TEST(SealTest, EveryKeyIsNew) {
  EXPECT_EQ(NewSealKey().size(), kSealKeyBytes);
  EXPECT_NE(NewSealKey(), NewSealKey());
}

TEST(SealDeathTest, AShortKeyIsAMistake) {
  EXPECT_DEATH(Seal("short", "here", kPlain), "check failed");
}

}  // namespace
}  // namespace selfsame
