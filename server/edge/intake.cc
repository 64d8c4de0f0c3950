#include "server/edge/intake.h"

#include <array>
#include <map>
#include <utility>

#include "base/time.h"
#include "server/edge/status.h"

namespace selfsame::edge {

ingest::PreparedRecord PrepareOrKeep(const EdgeContext& edge,
                                     const ingest::IncomingRecord& incoming,
                                     const ingest::PrepareContext& context) {
  ingest::PreparedRecord record;
  const Status prepared = edge.barrier.Run(observe::Entry::kRecord, "",
                                           [&] { record = ingest::Prepare(incoming, context); });
  if (!prepared.ok()) record = ingest::PrepareUnchecked(incoming, context);
  return record;
}

Status Submit(const EdgeContext& edge, const Caller& caller,
              std::shared_ptr<const DecodedRequest> request, IsAbandoned is_abandoned,
              std::function<void(ingest::Submission&)> on_done) {
  const std::shared_ptr<const schema::Catalog> catalog = edge.catalog.Get();
  const ingest::PrepareContext context{
      .node_key = caller.tenant->node_key.reveal(),
      .tenant = caller.tenant->id,
      .source = caller.source->id,
      .trust_priority = caller.source->trust_priority,
      .catalog = *catalog,
      .customs = ingest::CustomsOf(*caller.tenant, *caller.source, *catalog),
      .has_new_person_after_logout = caller.source->after_logout == storage::kNewPersonAfterLogout,
      .rules = *caller.tenant->rules,
      .now = Now(),
      .event_time_min = ingest::EventTimeMinOf(*caller.source)};
  std::vector<ingest::PreparedRecord> records;
  records.reserve(request->records.size());
  for (const ingest::IncomingRecord& incoming : request->records) {
    records.push_back(PrepareOrKeep(edge, incoming, context));
  }
  // Before they are handed over: whoever looks never finds more settled than were received.
  const std::size_t count = records.size();
  observe::SourceCounters& counters =
      edge.metrics.ForSource(caller.tenant->name, caller.source->name);
  counters.received.Add(count);
  Status submitted = edge.lanes.Submit(std::make_shared<ingest::Submission>(
      caller.directory, *caller.tenant, std::move(records), std::move(request), std::move(on_done),
      std::move(is_abandoned)));
  if (!submitted.ok()) counters.unsettled.Add(count);
  return submitted;
}

void CountUsage(const EdgeContext& edge, const storage::Tenant& tenant,
                const storage::Source& source, std::span<const ingest::PreparedRecord> records) {
  observe::SourceCounters& counters = edge.metrics.ForSource(tenant.name, source.name);
  std::vector<registry::RecordUse> uses;
  uses.reserve(records.size());
  std::map<SchemaId, std::uint64_t> accepted;
  for (const ingest::PreparedRecord& record : records) {
    if (!record.IsSettled()) continue;
    const bool is_accepted = record.outcome.kind == ingest::OutcomeKind::kAccepted;
    uses.push_back({.schema = record.schema,
                    .is_accepted = is_accepted,
                    .filled = record.filled,
                    .drift = record.drift});
    if (is_accepted) ++accepted[record.schema];
    for (const schema::Drift& drift : record.drift) {
      (drift.is_enum_value ? counters.unknown_enum_values : counters.unknown_fields).Add();
    }
  }
  edge.usage.AddRecords(tenant.id, source.id, tenant.node_key.reveal(), uses, Now());
  const auto catalog = edge.catalog.Get();
  for (const auto& [id, count] : accepted) {
    const schema::Schema* schema = catalog->Find(id);
    if (schema == nullptr) continue;
    edge.metrics.schema_records.Of(tenant.name, source.name, schema->name, schema->version)
        .Add(count);
  }
}

void CountOutcomes(const EdgeContext& edge, const Caller& caller,
                   const ingest::Submission& submission) {
  std::array<std::uint64_t, observe::kOutcomeLabels.size() + 1> counts{};
  for (const ingest::PreparedRecord& record : submission.records()) {
    ++counts[static_cast<std::size_t>(record.outcome.kind)];
    if (record.outcome.kind == ingest::OutcomeKind::kQuarantined) {
      edge.metrics.quarantined.Of(record.outcome.reason).Add();
    } else if (record.outcome.kind == ingest::OutcomeKind::kRejected) {
      edge.metrics.rejections.Of(record.outcome.reason).Add();
    }
  }
  observe::SourceCounters& counters =
      edge.metrics.ForSource(caller.tenant->name, caller.source->name);
  counters.unsettled.Add(counts[static_cast<std::size_t>(ingest::OutcomeKind::kPending)]);
  for (std::size_t kind = 1; kind < counts.size(); ++kind) {
    if (counts[kind] > 0) counters.Of(static_cast<int>(kind)).Add(counts[kind]);
  }
  CountUsage(edge, *caller.tenant, *caller.source, submission.records());
  if (edge.quality == nullptr) return;
  const auto catalog = edge.catalog.Get();
  edge.quality->AddReceived({*caller.tenant, *caller.source, *catalog, Now()},
                            submission.records());
}

void CountReplayed(const EdgeContext& edge, const storage::Tenant& tenant,
                   const storage::Source& source, std::span<const ingest::PreparedRecord> records) {
  CountUsage(edge, tenant, source, records);
  if (edge.quality == nullptr) return;
  const auto catalog = edge.catalog.Get();
  edge.quality->AddReplayed({tenant, source, *catalog, Now()}, records);
}

RequestWatch::RequestWatch(const EdgeContext& edge, observe::Method method)
    : edge_(edge),
      method_(method),
      request_id_(NewRequestId()),
      started_(std::chrono::steady_clock::now()) {}

double RequestWatch::Seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

void RequestWatch::Succeeded() const {
  edge_.metrics.request_seconds.Of(method_, 0).Observe(Seconds());
}

void RequestWatch::Failed(const Error& error) const {
  edge_.metrics.request_seconds.Of(method_, GrpcCode(error.code)).Observe(Seconds());
  edge_.metrics.requests_refused.Of(error.reason).Add();
  const std::string_view method = observe::kMethodLabels[static_cast<std::size_t>(method_)];
  if (error.code == ErrorCode::kInternal) {
    edge_.log.Error("request failed", {{"request_id", request_id_},
                                       {"method", method},
                                       {"reason", error.reason},
                                       {"what", error.message}});
  } else {
    edge_.log.Debug("request refused",
                    {{"request_id", request_id_}, {"method", method}, {"reason", error.reason}});
  }
}

}  // namespace selfsame::edge
