#include "tests/e2e/cli/shop_site.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "base/time.h"

namespace selfsame::test {

ShopSite::ShopSite()
    : database_(TestDatabase::Create()),
      tenant_(database_->SeedTenant("shop")),
      server_(ServerProcess::Start(*database_)),
      environment_({"SELFSAME_SERVER=" + server_->grpc_address(),
                    "SELFSAME_API_KEY=" + tenant_.api_key, "PATH=/usr/bin:/bin"}),
      tool_(environment_),
      client_(server_->grpc_address(), tenant_.api_key) {}

ToolResult ShopSite::RunJson(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--output", "json"});
  return tool_.Run(arguments);
}

std::string ShopSite::Write(const std::string& name, const std::string& text) {
  const std::string path = folder_.path() + "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

void ShopSite::RegisterOrder(const std::string& proto) {
  const ToolResult registered =
      RunJson({"schema", "register", Write("order.proto", proto), "-I", folder_.path()});
  ASSERT_EQ(registered.exit_code, 0) << registered.errors;
  const auto version = registered.Json()["schema"]["version"].get<std::uint32_t>();
  const Deadline deadline = Deadline::After(std::chrono::seconds(20));
  while (!IsTaken(version)) {
    ASSERT_FALSE(deadline.Expired()) << "version " << version << " is not taken";
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  // What came too early is not the test's.
  const ToolResult discarded =
      Run({"quarantine", "discard", "--reason", "SCHEMA_UNKNOWN", "--reason-text", "too early"});
  ASSERT_EQ(discarded.exit_code, 0) << discarded.errors;
}

bool ShopSite::IsTaken(std::uint32_t version) {
  auto probe = OrderEvent(fmt::format("probe-{}", ++probes_), R"({"order_id":"p","total":1})");
  probe.mutable_schema()->set_version(version);
  return Send(probe).outcome() == ingest::v1::OUTCOME_ACCEPTED;
}

ingest::v1::RecordOutcome ShopSite::Send(const ingest::v1::Event& event) {
  const auto reply = client_.Track(Events({event}));
  EXPECT_TRUE(reply.ok()) << reply.status.message;
  return reply.ok() ? reply.response.outcomes(0) : ingest::v1::RecordOutcome();
}

ingest::v1::RecordOutcome ShopSite::Send(const std::string& key, const std::string& json) {
  return Send(OrderEvent(key, json));
}

ingest::v1::Event OrderEvent(const std::string& key, const std::string& json) {
  return EventBuilder(key)
      .With("customer_id", "C-" + key)
      .Schema("shop.v1.Order")
      .Json(json)
      .Build();
}

}  // namespace selfsame::test
