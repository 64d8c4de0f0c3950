// What the edge counts of a call: what it received, and how each record of it ended, also where the
// call as a whole failed (INV-7).
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "server/edge/intake.h"
#include "tests/support/built_in_catalog.h"

namespace selfsame::edge {
namespace {

using ingest::OutcomeKind;
using ingest::PreparedRecord;

PreparedRecord Ended(OutcomeKind kind) {
  PreparedRecord record;
  record.outcome.kind = kind;
  return record;
}

class OutcomeCountTest : public testing::Test {
 protected:
  OutcomeCountTest() {
    auto directory = std::make_shared<storage::Directory>();
    directory->tenants.emplace(TenantId{1},
                               storage::Tenant{.id = TenantId{1},
                                               .name = "acme",
                                               .node_key = storage::Secret(std::string(32, 'k')),
                                               .seal_key = storage::Secret(std::string(32, 's')),
                                               .rules = std::make_shared<const identity::Ruleset>(
                                                   identity::DefaultRuleset())});
    directory->sources.emplace(
        SourceId{1}, storage::Source{.id = SourceId{1}, .tenant = TenantId{1}, .name = "web"});
    caller_ = {.directory = directory,
               .tenant = directory->FindTenant(TenantId{1}),
               .source = directory->FindSource(SourceId{1})};
  }
  ~OutcomeCountTest() override { lanes_.Stop(); }

  observe::SourceCounters& web() { return metrics_.ForSource("acme", "web"); }

  observe::Metrics metrics_{{}};
  const observe::Logger log_{{.level = observe::LogLevel::kError}};
  const ingest::LaneContext lane_context_{
      .limits = {.lanes = 1}, .database = {}, .metrics = metrics_, .log = log_};
  ingest::Lanes lanes_{lane_context_};
  Snapshot<storage::Directory> directory_{nullptr};
  Snapshot<schema::Catalog> catalog_{
      std::make_shared<const schema::Catalog>(test::BuiltInVersions())};
  registry::UsageMeter usage_;
  quality::QualityMeter quality_{metrics_.quality};
  const registry::QuarantineDays days_;
  Gate gate_;
  const EdgeContext edge_{.directory = directory_,
                          .catalog = catalog_,
                          .usage = usage_,
                          .quality = &quality_,
                          .quarantine_days = days_,
                          .lanes = lanes_,
                          .metrics = metrics_,
                          .log = log_,
                          .gate = gate_};
  Caller caller_;
};

// One lane committed its part, another could not.
TEST_F(OutcomeCountTest, OfACallThatFailedWhatIsSettledCountsAndTheRestIsUnsettled) {
  ingest::Submission submission(caller_.directory, *caller_.tenant,
                                {Ended(OutcomeKind::kAccepted), Ended(OutcomeKind::kPending),
                                 Ended(OutcomeKind::kDuplicate), Ended(OutcomeKind::kPending)},
                                nullptr, [](ingest::Submission&) {});
  submission.Fail({.code = ErrorCode::kUnavailable, .reason = "DATABASE_UNAVAILABLE"});
  CountOutcomes(edge_, caller_, submission);
  EXPECT_EQ(web().Of(1).Value(), 1u);
  EXPECT_EQ(web().Of(2).Value(), 1u);
  EXPECT_EQ(web().unsettled.Value(), 2u);
  const auto hours = quality_.Take();
  ASSERT_EQ(hours.at(TenantId{1}).size(), 1u);
  EXPECT_EQ(hours.at(TenantId{1})[0].received, 2);
  EXPECT_EQ(hours.at(TenantId{1})[0].outcome[0], 1);
}

TEST_F(OutcomeCountTest, RecordsThatNoLaneTookAreReceivedAndUnsettled) {
  lanes_.Stop();
  auto request = std::make_shared<DecodedRequest>();
  request->records.resize(3);
  const Status submitted =
      Submit(edge_, caller_, std::move(request), {}, [](ingest::Submission&) { FAIL(); });
  ASSERT_FALSE(submitted.ok());
  EXPECT_EQ(web().received.Value(), 3u);
  EXPECT_EQ(web().unsettled.Value(), 3u);
}

}  // namespace
}  // namespace selfsame::edge
