#include "server/ingest/commit.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/seal.h"
#include "server/ingest/activity.h"
#include "server/ingest/evidence.h"
#include "server/ingest/profile_writer.h"
#include "server/ingest/rules_in_force.h"
#include "server/ingest/settle.h"
#include "server/normalize/version.h"
#include "storage/activity.h"
#include "storage/graph.h"
#include "storage/left_out.h"
#include "storage/quarantine.h"
#include "storage/quarantine_desk.h"
#include "storage/records.h"

namespace selfsame::ingest {
namespace {

using Accepted = std::vector<const PreparedRecord*>;

Accepted FreshAccepted(const Batch& batch) {
  Accepted accepted;
  for (const BatchItem& item : batch) {
    if (item.is_fresh && !item.record->IsQuarantined()) accepted.push_back(item.record);
  }
  return accepted;
}

storage::NewRecord RowOf(const PreparedRecord& record) {
  storage::NewRecord row{.event_time = record.event_time,
                         .source = record.source,
                         .schema = record.schema,
                         .kind = record.kind,
                         .format = record.format,
                         .anchor = record.anchor(),
                         .record_id = record.record_id,
                         .key = record.key,
                         .payload = record.StoredPayload(),
                         .others = {},
                         .consent = record.consent,
                         .normalizer_version = normalize::kNormalizerVersion,
                         .normalized = record.normalized};
  for (std::size_t i = 1; i < record.mentions.size(); ++i) {
    row.others.append(record.mentions[i].node.view());
  }
  return row;
}

Status AppendAccepted(pg::BulkConnection& connection, const CommitContext& context,
                      const Accepted& accepted) {
  if (accepted.empty()) return {};
  std::vector<storage::NewRecord> rows;
  rows.reserve(accepted.size());
  for (const PreparedRecord* record : accepted) rows.push_back(RowOf(*record));
  SELFSAME_RETURN_IF_ERROR(storage::AppendRecords(connection, context.where, context.now, rows));
  return storage::InsertActivityDeltas(connection, context.where, context.now,
                                       ActivityOf(accepted));
}

// Of records that lost nothing, which are nearly all, there is nothing to keep and no statement.
Status KeepLeftOut(pg::BulkConnection& connection, const CommitContext& context,
                   const Accepted& accepted) {
  std::vector<storage::NewLeftOut> rows;
  for (const PreparedRecord* record : accepted) {
    if (record->left_out.empty()) continue;
    rows.push_back({.source = record->source,
                    .schema = record->schema,
                    .kind = record->kind,
                    .record_id = record->record_id,
                    .key = record->key,
                    .fields_json = storage::ViolationsJson(record->left_out),
                    .body_sealed = Seal(context.tenant.seal_key.reveal(),
                                        LeftOutSealContext(record->record_id), record->body)});
  }
  if (rows.empty()) return {};
  return storage::InsertLeftOut(connection, context.where, context.now, rows);
}

// A client may send anything as a schema's name: what PostgreSQL could not store is left out.
std::string StorableName(std::string_view name) {
  std::string kept;
  for (const char c : name.substr(0, 200)) {
    if (c > 0x20 && c < 0x7f) kept.push_back(c);
  }
  return kept;
}

std::int32_t StorableVersion(std::uint32_t version) {
  return static_cast<std::int32_t>(std::min<std::uint32_t>(version, INT32_MAX));
}

// Removes from quarantine what this batch replaces.
Status EndQuarantine(pg::BulkConnection& connection, const CommitContext& context,
                     const Batch& batch, const std::vector<RecordId>& superseded) {
  if (superseded.empty()) return {};
  SELFSAME_ASSIGN_OR_RETURN(
      const storage::RecordIdSet ended,
      storage::SettleQuarantine(connection, context.where, context.now, superseded));
  for (const BatchItem& item : batch) {
    if (!item.is_fresh || !item.record->replays || ended.contains(*item.record->replays)) continue;
    // Somebody discarded it between our reading its receipt and here. The next try sees that;
    // without it, a record would be both discarded and accepted.
    return Error{.code = ErrorCode::kAborted,
                 .reason = "SERIALIZATION",
                 .message = "a record left quarantine while it was replayed"};
  }
  return {};
}

Status KeepQuarantined(pg::BulkConnection& connection, const CommitContext& context,
                       const Batch& batch) {
  std::vector<storage::NewQuarantined> rows;
  for (const BatchItem& item : batch) {
    const PreparedRecord& record = *item.record;
    if (!item.is_fresh || !record.IsQuarantined()) continue;
    rows.push_back({.source = record.source,
                    .kind = record.kind,
                    .quarantine_id = record.record_id,
                    .key = record.key,
                    .schema_name = StorableName(record.schema_name),
                    .schema_version = StorableVersion(record.named_version),
                    .reason = record.violations.front().reason,
                    .violations_json = storage::ViolationsJson(record.violations),
                    .body_sealed = Seal(context.tenant.seal_key.reveal(), record.record_id.view(),
                                        record.body)});
  }
  if (rows.empty()) return {};
  return storage::InsertQuarantine(connection, context.where, context.now, rows);
}

// Fills in the profiles of outcomes: from this transaction, the cache, or the database.
Status NameProfiles(pg::BulkConnection& connection, const CommitContext& context,
                    const CommitReport& report, Batch& batch) {
  const Linked& linked = report.linked;
  std::unordered_map<NodeId, ProfileId, Id128Hash> looked_up;
  std::vector<BatchItem*> unnamed;
  for (BatchItem& item : batch) {
    if (!item.wants_profile) continue;
    const NodeId anchor = item.record->anchor();
    if (const auto found = linked.profile_of.find(anchor); found != linked.profile_of.end()) {
      item.outcome.profile_id = found->second;
    } else if (const KnownAnchor* known = context.cache.Find(anchor, report.generation)) {
      item.outcome.profile_id = known->profile_id;
    } else {
      unnamed.push_back(&item);
      looked_up[anchor];
    }
  }
  if (unnamed.empty()) return {};
  std::vector<NodeId> anchors;
  for (const auto& [anchor, profile] : looked_up) anchors.push_back(anchor);
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::KnownIdentifier> known,
                            storage::FindIdentifiers(connection, context.where, anchors));
  for (const auto& identifier : known) looked_up[identifier.node] = identifier.standing.profile_id;
  for (BatchItem* item : unnamed) item->outcome.profile_id = looked_up[item->record->anchor()];
  return {};
}

// Says which records keep the batch from being committed.
Error MarkStale(const Written& written, Batch& batch) {
  const auto is_among = [](const PreparedRecord* record, const auto& records) {
    return std::find(records.begin(), records.end(), record) != records.end();
  };
  for (BatchItem& item : batch) {
    item.is_stale = is_among(item.record, written.stale);
    item.is_later = is_among(item.record, written.later);
    for (const auto& [record, excess] : written.full) {
      if (record == item.record) item.excess = excess;
    }
  }
  return {.code = ErrorCode::kFailedPrecondition,
          .reason = std::string(kRevisionMismatch),
          .message = "a profile is not at the revision that an update wants"};
}

Result<CommitReport> RunBody(pg::BulkConnection& connection, const CommitContext& context,
                             Batch& batch) {
  SELFSAME_ASSIGN_OR_RETURN(const Settlement settled, Settle(connection, context, batch));
  const Accepted accepted = FreshAccepted(batch);
  SELFSAME_RETURN_IF_ERROR(AppendAccepted(connection, context, accepted));
  SELFSAME_RETURN_IF_ERROR(KeepLeftOut(connection, context, accepted));
  SELFSAME_RETURN_IF_ERROR(EndQuarantine(connection, context, batch, settled.superseded));
  SELFSAME_RETURN_IF_ERROR(KeepQuarantined(connection, context, batch));
  const Evidence evidence = Gather(accepted, context.cache, settled.generation);
  CommitReport report{.fresh = accepted.size(),
                      .generation = settled.generation,
                      .known_records = evidence.known_records};
  SELFSAME_ASSIGN_OR_RETURN(report.linked, Link(connection, context, evidence));
  SELFSAME_ASSIGN_OR_RETURN(Written written, WriteProfiles(connection, context, report.linked,
                                                           evidence.updates, accepted));
  if (written.IsToRunAgain()) return MarkStale(written, batch);
  report.profiles_created = written.created;
  report.conflicts = std::move(written.conflicts);
  SELFSAME_RETURN_IF_ERROR(NameProfiles(connection, context, report, batch));
  // Records of known people go by no rules.
  if (evidence.nodes.empty() && evidence.updates.empty()) return report;
  SELFSAME_RETURN_IF_ERROR(CheckRulesInForce(connection, context));
  return report;
}

}  // namespace

std::string LeftOutSealContext(RecordId id) { return std::string(id.view()) + "#left_out"; }

Result<CommitReport> CommitBatch(pg::BulkConnection& connection, const CommitContext& context,
                                 Batch& batch) {
  SELFSAME_RETURN_IF_ERROR(context.lock_wait
                               ? connection.Begin(context.where.tenant, *context.lock_wait)
                               : connection.Begin(context.where.tenant));
  Result<CommitReport> report = RunBody(connection, context, batch);
  if (!report.ok()) {
    // The error of the body is the one that tells; a rollback that fails leaves a dead connection.
    if (connection.IsUsable()) (void)connection.Rollback();
    return report;
  }
  SELFSAME_RETURN_IF_ERROR(connection.Commit());
  return report;
}

}  // namespace selfsame::ingest
