#include <gtest/gtest.h>

#include "tests/support/ingest_client.h"
#include "tests/support/records.h"
#include "tests/support/server_process.h"

namespace selfsame::test {
namespace {

TEST(ExactlyOnceTest, Smoke) {
  auto db = TestDatabase::Create();
  const SeededTenant t = db->SeedTenant("acme");
  auto server = ServerProcess::Start(*db);
  IngestClient client(server->grpc_address(), t.api_key);
  auto reply = client.Track(Events({EventBuilder("k1").With("email", "a@shop.org").Build()}));
  ASSERT_TRUE(reply.ok()) << reply.status.message;
  EXPECT_EQ(reply.response.outcomes(0).outcome(), ingest::v1::ACCEPTED) << reply.response.DebugString();
  for (auto& s : ReflectedServices(server->grpc_address())) puts(s.c_str());
  EXPECT_GT(server->Metric("selfsame_start_time_seconds"), 1e9);
  EXPECT_EQ(server->Terminate(std::chrono::seconds(20)), 0) << server->Log();
  server->Restart();
  server->Kill9();
  puts(server->Log().c_str());
}

}  // namespace
}  // namespace selfsame::test
