#include "server/edge/replay.h"

#include <chrono>
#include <future>
#include <map>
#include <utility>

#include "base/seal.h"
#include "server/edge/decode.h"
#include "server/edge/quarantine_select.h"
#include "server/ingest/prepare.h"

namespace selfsame::edge {
namespace {

using storage::Quarantined;

// The sealed bytes to replay, by record: those of the newest copy, where there is one.
struct Sealed {
  std::string bytes;
  int patch_number = 0;
};

Result<std::map<RecordId, Sealed>> ReadSealed(pg::Session& session, const Caller& caller,
                                              std::span<const Quarantined> rows) {
  std::vector<RecordId> ids;
  for (const Quarantined& row : rows) ids.push_back(row.id);
  std::map<RecordId, Sealed> sealed;
  SELFSAME_ASSIGN_OR_RETURN(std::vector<storage::QuarantineBody> bodies,
                            storage::ReadQuarantineBodies(session, WhereOf(caller), ids));
  for (storage::QuarantineBody& body : bodies) sealed[body.id].bytes = std::move(body.body_sealed);
  SELFSAME_ASSIGN_OR_RETURN(std::vector<storage::QuarantinePatch> patches,
                            storage::ReadQuarantinePatches(session, WhereOf(caller), ids));
  for (storage::QuarantinePatch& patch : patches) {  // Oldest first.
    sealed[patch.id] = {std::move(patch.body_sealed), patch.number};
  }
  return sealed;
}

// Another server quarantined the record before this one has looked at the directory again. Its
// source's customs and trust decide what the record says, so no other source may stand in.
Error SourceIsNewer() {
  return {.code = ErrorCode::kUnavailable,
          .reason = "NOT_READY",
          .message = "a record is from a source that this server does not know yet",
          .retry_after = std::chrono::seconds(1)};
}

}  // namespace

std::string QuarantineSealContext(RecordId id, int patch_number) {
  std::string context(id.view());
  if (patch_number > 0) context += "#" + std::to_string(patch_number);
  return context;
}

Result<std::vector<OpenedRecord>> OpenBodies(pg::Session& session, const Caller& caller,
                                             std::span<const Quarantined> rows) {
  SELFSAME_ASSIGN_OR_RETURN(const auto sealed, ReadSealed(session, caller, rows));
  std::vector<OpenedRecord> opened;
  for (const Quarantined& row : rows) {
    const auto found = sealed.find(row.id);
    if (found == sealed.end()) continue;  // Settled since the list was read.
    SELFSAME_ASSIGN_OR_RETURN(
        std::string body,
        Unseal(caller.tenant->seal_key.reveal(),
               QuarantineSealContext(row.id, found->second.patch_number), found->second.bytes));
    opened.push_back({&row, std::move(body)});
  }
  return opened;
}

Result<std::shared_ptr<ReplayBatch>> PrepareReplay(const EdgeContext& edge, const Caller& caller,
                                                   std::vector<OpenedRecord> opened,
                                                   std::uint32_t schema_version) {
  const auto catalog = edge.catalog.Get();
  auto batch = std::make_shared<ReplayBatch>();
  batch->opened = std::move(opened);
  for (const OpenedRecord& record : batch->opened) {
    const storage::Source* source = caller.directory->FindSource(record.row->source);
    if (source == nullptr) return SourceIsNewer();
    const ingest::PrepareContext context{
        .node_key = caller.tenant->node_key.reveal(),
        .tenant = caller.tenant->id,
        .source = record.row->source,
        .trust_priority = source->trust_priority,
        .catalog = *catalog,
        .customs = ingest::CustomsOf(*caller.tenant, *source, *catalog),
        .has_new_person_after_logout = source->after_logout == storage::kNewPersonAfterLogout,
        .rules = *caller.tenant->rules,
        .now = Now(),
        .event_time_min = ingest::EventTimeMinOf(*source),
        .schema_version = schema_version};
    const ingest::IncomingRecord incoming =
        DecodeRecord(record.row->kind, record.body, &batch->scratch.emplace_back());
    batch->prepared.push_back(PrepareOrKeep(edge, incoming, context));
    batch->prepared.back().replays = record.row->id;
  }
  return batch;
}

Result<std::vector<ingest::PreparedRecord>> CommitReplay(const EdgeContext& edge,
                                                         const Caller& caller,
                                                         std::shared_ptr<ReplayBatch> batch) {
  std::vector<ingest::PreparedRecord> valid;
  for (ingest::PreparedRecord& record : batch->prepared) {
    if (!record.IsQuarantined() && !record.IsSettled()) valid.push_back(record);
  }
  using Settled = Result<std::vector<ingest::PreparedRecord>>;
  if (valid.empty()) return valid;
  auto promise = std::make_shared<std::promise<Settled>>();
  std::future<Settled> settled = promise->get_future();
  SELFSAME_RETURN_IF_ERROR(edge.lanes.Submit(std::make_shared<ingest::Submission>(
      caller.directory, *caller.tenant, std::move(valid), std::move(batch),
      [promise](ingest::Submission& submission) {
        promise->set_value(submission.error() ? Settled(*submission.error())
                                              : Settled(std::move(submission.records())));
      })));
  return settled.get();  // Bounded by the lanes' give_up.
}

}  // namespace selfsame::edge
