// A server with a tenant and a shop's schema, and the tool let in to operate it.
#ifndef SELFSAME_TESTS_E2E_CLI_SHOP_SITE_H_
#define SELFSAME_TESTS_E2E_CLI_SHOP_SITE_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/tool.h"
#include "tests/support/ingest_client.h"
#include "tests/support/records.h"
#include "tests/support/server_process.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_database.h"

namespace selfsame::test {

// shop.v1.Order: order_id and total are required.
inline constexpr const char* kOrderProto = R"(syntax = "proto3";
package shop.v1;
import "selfsame/options/v1/options.proto";
message Order {
  option (selfsame.options.v1.schema) = {
    kind: KIND_EVENT owner: "shop-team" purpose: "Fulfilment"
    legal_basis: LEGAL_BASIS_CONTRACT retention_days: 365};
  string order_id = 1 [(selfsame.options.v1.field) = {class: DATA_CLASS_INTERNAL, required: true}];
  optional double total = 2 [(selfsame.options.v1.field) = {
    class: DATA_CLASS_INTERNAL, required: true, range: {min: 0}}];
  string country = 3 [(selfsame.options.v1.field) = {
    class: DATA_CLASS_INTERNAL, format: FORMAT_COUNTRY, consumers: "reporting"}];
}
)";

// Owned by one thread.
class ShopSite {
 public:
  ShopSite();

  ToolResult Run(const std::vector<std::string>& arguments) { return tool_.Run(arguments); }
  // With --output json.
  ToolResult RunJson(std::vector<std::string> arguments);

  // A file in a folder of the site, and its path.
  std::string Write(const std::string& name, const std::string& text);
  // For another tool, to be run at the same time.
  const std::vector<std::string>& environment() const { return environment_; }
  TestDatabase& database() { return *database_; }
  const std::string& folder() const { return folder_.path(); }

  // Registers shop.v1.Order as its file says, and waits until records may name it.
  void RegisterOrder(const std::string& proto = kOrderProto);

  // Sends an order with this payload; the outcome.
  ingest::v1::RecordOutcome Send(const std::string& key, const std::string& json);
  ingest::v1::RecordOutcome Send(const ingest::v1::Event& event);

 private:
  // Whether a record may name this version of shop.v1.Order.
  bool IsTaken(std::uint32_t version);

  const std::unique_ptr<TestDatabase> database_;
  const SeededTenant tenant_;
  const std::unique_ptr<ServerProcess> server_;
  const TempFolder folder_;
  const std::vector<std::string> environment_;
  Tool tool_;
  IngestClient client_;
  int probes_ = 0;
};

// An order with this payload.
ingest::v1::Event OrderEvent(const std::string& key, const std::string& json);

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_E2E_CLI_SHOP_SITE_H_
