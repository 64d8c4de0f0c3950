#include "tests/integration/ingest/lanes_harness.h"

#include <algorithm>
#include <future>

#include "base/check.h"
#include "server/registry/schema_loader.h"

namespace selfsame::ingest {
namespace {

constexpr TimeUs kNow{1'700'000'000'000'000};

std::shared_ptr<const schema::Catalog> CatalogOf(test::TestDatabase& database,
                                                 const observe::Logger& log) {
  Snapshot<schema::Catalog> catalog(
      std::make_shared<const schema::Catalog>(std::vector<schema::Schema>()));
  test::Must(registry::SchemaLoader(catalog, log).Refresh(database.owner()));
  return catalog.Get();
}

pg::BulkOptions BulkOptionsOf(const test::TestDatabase& database) {
  return {
      .connection_string = test::Must(pg::ConnectionString(
          {.url = database.url(), .role = "selfsame_app", .lock_wait = LaneLimits{}.lock_wait}))};
}

IncomingRecord IncomingOf(const TestRecord& record) {
  const bool is_event = record.traits.empty();
  IncomingRecord incoming{.kind = is_event ? RecordKind::kEvent : RecordKind::kProfileUpdate,
                          .body = record.key,
                          .key = record.key,
                          .has_event_time = true,
                          .event_seconds = record.at_seconds,
                          .schema_name = is_event ? "selfsame.schemas.web.v1.PageViewed"
                                                  : "selfsame.schemas.account.v1.Traits",
                          .format = PayloadFormat::kJson,
                          .payload = record.traits,
                          .if_revision = record.if_revision};
  for (const auto& [kind, value] : record.identifiers)
    incoming.identifiers.push_back({kind, value});
  for (const auto& [attribute, operation] : record.operations)
    incoming.operations.push_back({attribute, static_cast<int>(operation)});
  return incoming;
}

}  // namespace

struct LanesHarness::Parts {
  Parts(test::TestDatabase& database, const test::SeededTenant& seeded, int lane_count)
      : database(database),
        seeded(seeded),
        directory(Load()),
        catalog(CatalogOf(database, log)),
        context{.limits = {.lanes = lane_count},
                .database = BulkOptionsOf(database),
                .metrics = metrics,
                .log = log},
        lanes(context) {}

  std::shared_ptr<const storage::Directory> Load() const {
    return std::make_shared<const storage::Directory>(
        test::Must(storage::LoadDirectory(database.owner(), database.master_key())));
  }

  const storage::Tenant& tenant() const { return *directory->FindTenant(seeded.tenant); }

  const storage::Source& SourceOf(const std::string& name) const {
    if (name.empty()) return *directory->FindSource(seeded.source);
    const auto found =
        std::find_if(directory->sources.begin(), directory->sources.end(), [&](const auto& source) {
          return source.second.tenant == seeded.tenant && source.second.name == name;
        });
    SELFSAME_CHECK(found != directory->sources.end());
    return found->second;
  }

  test::TestDatabase& database;
  const test::SeededTenant seeded;
  std::shared_ptr<const storage::Directory> directory;
  const observe::Logger log{{.level = observe::LogLevel::kError}};
  const std::shared_ptr<const schema::Catalog> catalog;
  observe::Metrics metrics{{.lanes = 16}};
  const LaneContext context;
  Lanes lanes;
};

LanesHarness::LanesHarness(test::TestDatabase& database, const test::SeededTenant& tenant,
                           int lanes)
    : parts_(std::make_unique<Parts>(database, tenant, lanes)) {}

LanesHarness::~LanesHarness() { parts_->lanes.Stop(); }

std::vector<Outcome> LanesHarness::Send(const std::vector<TestRecord>& records) {
  auto outcomes = TrySend(records);
  return outcomes.ok() ? *std::move(outcomes) : std::vector<Outcome>();
}

Result<std::vector<Outcome>> LanesHarness::TrySend(const std::vector<TestRecord>& records) {
  std::vector<PreparedRecord> prepared;
  for (const TestRecord& record : records) {
    const storage::Source& source = parts_->SourceOf(record.source);
    prepared.push_back(Prepare(
        IncomingOf(record),
        {.node_key = parts_->tenant().node_key.reveal(),
         .tenant = parts_->tenant().id,
         .source = source.id,
         .trust_priority = source.trust_priority,
         .catalog = *parts_->catalog,
         .customs = {},
         .has_new_person_after_logout = source.after_logout == storage::kNewPersonAfterLogout,
         .rules = *parts_->tenant().rules,
         .now = kNow}));
  }
  std::promise<Result<std::vector<Outcome>>> done;
  test::Must(parts_->lanes.Submit(
      std::make_shared<Submission>(parts_->directory, parts_->tenant(), std::move(prepared),
                                   nullptr, [&](Submission& submission) {
                                     if (submission.error())
                                       return done.set_value(*submission.error());
                                     std::vector<Outcome> outcomes;
                                     for (const PreparedRecord& record : submission.records()) {
                                       outcomes.push_back(record.outcome);
                                     }
                                     done.set_value(std::move(outcomes));
                                   })));
  return done.get_future().get();
}

void LanesHarness::LookAtDirectory() { parts_->directory = parts_->Load(); }

observe::Metrics& LanesHarness::metrics() { return parts_->metrics; }

}  // namespace selfsame::ingest
