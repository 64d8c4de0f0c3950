// However many sources and schemas there are, and whatever clients write: /metrics stays under the
// bound it states, and no label value comes from a client (INV-10).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "server/observe/quality_metrics.h"
#include "storage/tenants.h"
#include "tests/e2e/installation.h"
#include "tests/e2e/tool.h"
#include "tests/support/temp_folder.h"

namespace selfsame::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr int kSources = 100;
constexpr int kSchemas = 50;

std::string SchemaName(int number) { return fmt::format("load.v1.Order{}", number); }

// Six fields that are asked for, one of them with a closed set of values.
std::string ProtoOf(int number) {
  std::string proto = fmt::format(R"(syntax = "proto3";
package load.v1;
import "selfsame/options/v1/options.proto";
message Order{0} {{
  option (selfsame.options.v1.schema) = {{
    kind: KIND_EVENT owner: "shop-team" purpose: "Fulfilment"
    legal_basis: LEGAL_BASIS_CONTRACT retention_days: 365}};
  enum State {{ STATE_UNSPECIFIED = 0; STATE_OPEN = 1; STATE_PAID = 2; STATE_SENT = 3; }}
  State state = 1 [(selfsame.options.v1.field) = {{class: DATA_CLASS_INTERNAL, required: true}}];
)",
                                  number);
  for (int field = 2; field <= 6; ++field) {
    proto += fmt::format(
        "  string note_{0} = {0} [(selfsame.options.v1.field) = {{class: DATA_CLASS_INTERNAL, "
        "required: "
        "true}}];\n",
        field);
  }
  return proto + "}\n";
}

constexpr const char* kPayload =
    R"({"state":"STATE_PAID","note_2":"a","note_3":"b","note_4":"c","note_5":"d","note_6":"e"})";

class SeriesTest : public InstallationTest {
 protected:
  void RegisterSchemas() {
    const TempFolder folder;
    Tool tool({"SELFSAME_SERVER=" + server_->grpc_address(), "SELFSAME_API_KEY=" + tenant_.api_key,
               "PATH=/usr/bin:/bin"});
    for (int number = 0; number < kSchemas; ++number) {
      const std::string path = fmt::format("{}/order{}.proto", folder.path(), number);
      std::ofstream(path) << ProtoOf(number);
      const ToolResult registered = tool.Run({"schema", "register", path, "-I", folder.path()});
      ASSERT_EQ(registered.exit_code, 0) << registered.errors;
    }
  }

  // The keys of all sources.
  std::vector<std::string> AddSources() {
    std::vector<std::string> keys;
    for (int number = 0; number < kSources; ++number) {
      const std::string name = fmt::format("source-{}", number);
      Must(storage::CreateSource(
          database_->owner(), tenant_.name,
          {.name = name, .owner = "tests", .purpose = "testing", .trust_priority = 100}, Now()));
      keys.emplace_back(
          Must(storage::CreateApiKey(database_->owner(), tenant_.name, name, {"ingest"}, Now()))
              .reveal());
    }
    return keys;
  }

  // One record of each schema.
  static void SendAll(IngestClient& client, int source) {
    std::vector<ingest::v1::Event> events;
    for (int schema = 0; schema < kSchemas; ++schema) {
      events.push_back(EventBuilder(fmt::format("{}-{}", source, schema))
                           .With("customer_id", fmt::format("c-{}", source))
                           .Schema(SchemaName(schema))
                           .Json(kPayload)
                           .Build());
    }
    // A new source counts after some moments, and with it the schemas that were there before.
    const Deadline deadline = Deadline::After(kPatience);
    while (!client.GetLimits().ok()) ASSERT_FALSE(deadline.Expired());
    for (const auto& outcome : SendUntilSettled(client, Events(events), deadline)) {
      ASSERT_EQ(outcome.outcome(), ingest::v1::OUTCOME_ACCEPTED) << outcome.ShortDebugString();
    }
  }

  // What may be anything, everywhere it may be.
  static void SendMischief(IngestClient& client, int number) {
    const std::string evil = fmt::format("evil{}", number);
    client.Track(Events({
        EventBuilder(evil + "-schema").With("email", "a@x.io").Schema(evil + ".v1.Evil").Build(),
        EventBuilder(evil + "-kind").With("evil:" + evil, "v").Build(),
        EventBuilder(evil + "-bad-kind").With(evil, "v").Build(),
        EventBuilder(evil + "-field")
            .With("email", "a@x.io")
            .Json("{\"url\":\"https://shop.test/\",\"" + evil + "\":1}")
            .Build(),
        EventBuilder(evil + "-value")
            .With("email", evil)
            .Json("{\"url\":\"" + evil + "\"}")
            .Build(),
        EventBuilder(evil + "-consent").With("email", "a@x.io").Consent(evil).Build(),
    }));
    client.Update(Updates({UpdateBuilder(evil + "-traits")
                               .With("email", "a@x.io")
                               .Json("{\"country\":\"" + evil + "\",\"" + evil + "\":{}}")
                               .Build()}));
  }
};

// Samples by name of the metric.
std::map<std::string, std::size_t> SamplesOf(const std::string& metrics) {
  std::map<std::string, std::size_t> samples;
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] != '#') ++samples[line.substr(0, line.find_first_of("{ "))];
  }
  return samples;
}

TEST_F(SeriesTest, AHundredSourcesAndFiftySchemasStayUnderTheStatedNumber) {
  RegisterSchemas();
  const std::vector<std::string> keys = AddSources();
  for (int source = 0; source < kSources && !HasFailure(); ++source) {
    IngestClient client(server_->grpc_address(), keys[static_cast<std::size_t>(source)]);
    SendAll(client, source);
    SendMischief(client, source);
  }
  const std::string metrics = server_->Metrics();
  std::size_t all = 0;
  for (const auto& [name, count] : SamplesOf(metrics)) all += count;
  fmt::print("{} samples of {} sources and {} schemas; {} at most, whatever comes\n", all, kSources,
             kSchemas, observe::kSeriesMax);
  EXPECT_LT(all, observe::kSeriesMax);
  EXPECT_THAT(metrics, Not(ContainsRegex("selfsame_series_over_total\\{[^}]*\\} [1-9]")))
      << "something had to share a row";
  EXPECT_THAT(metrics, Not(HasSubstr("evil")));
  EXPECT_THAT(metrics, HasSubstr("source=\"source-99\""));
  EXPECT_THAT(metrics, HasSubstr("schema=\"load.v1.Order49\""));
}

}  // namespace
}  // namespace selfsame::test
