#include "cli/credentials.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/temp_folder.h"

namespace selfsame::cli {
namespace {

TEST(CredentialsTest, WhatIsWrittenIsReadBack) {
  const test::TempFolder folder;
  const Credentials written{.api_key = "k", .source_keys = {{"web", "k"}, {"crm", "c"}}, .runs = 3};
  ASSERT_TRUE(WriteCredentials(folder.path(), written).ok());
  const auto read = ReadCredentials(folder.path());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->api_key, written.api_key);
  EXPECT_EQ(read->source_keys, written.source_keys);
  EXPECT_EQ(read->runs, 3);
}

TEST(CredentialsTest, OnlyTheOwnerMayReadThemAlsoWhereOthersCouldBefore) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/credentials.json";
  std::ofstream(path) << "{}";
  ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  ASSERT_TRUE(WriteCredentials(folder.path(), {}).ok());
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(CredentialsTest, NoneAndBrokenOnesAreToldApart) {
  const test::TempFolder folder;
  EXPECT_EQ(ReadCredentials(folder.path()).error().code, ErrorCode::kNotFound);
  for (const char* text : {"", "[]", "{}", "{\"api_key\":1,\"source_keys\":{},\"runs\":1}",
                           "{\"api_key\":\"k\",\"source_keys\":{\"web\":1},\"runs\":1}"}) {
    std::ofstream(folder.path() + "/credentials.json") << text;
    EXPECT_EQ(ReadCredentials(folder.path()).error().reason, "CREDENTIALS_MALFORMED") << text;
  }
}

}  // namespace
}  // namespace selfsame::cli
