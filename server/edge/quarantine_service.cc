#include "server/edge/quarantine_service.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/seal.h"
#include "base/uuid.h"
#include "server/edge/quarantine_select.h"
#include "server/edge/replay.h"
#include "server/edge/timestamp.h"

namespace selfsame::edge {
namespace {

namespace v1 = quarantine::v1;
using ingest::PreparedRecord;
using observe::Method;
using storage::Quarantined;
using storage::Scope;

constexpr int kListSizeDefault = 100;
constexpr int kReplaySizeDefault = 500;
constexpr std::size_t kCommentMax = 500;

Error QuarantineUnknown() {
  return {.code = ErrorCode::kNotFound,
          .reason = "QUARANTINE_UNKNOWN",
          .message = "no such record is in quarantine"};
}

// In characters, as PostgreSQL counts.
std::size_t LengthOf(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

Result<Quarantined> ReadOne(pg::Session& session, const Caller& caller, const std::string& text) {
  const auto id = ParseUuid(text);
  if (!id) return InvalidField("quarantine_id", "QUARANTINE_ID_MALFORMED", "not a UUID");
  SELFSAME_ASSIGN_OR_RETURN(
      std::vector<Quarantined> rows,
      storage::ListQuarantine(session, WhereOf(caller), {.ids = {RecordId{*id}}}, {}, 1));
  if (rows.empty()) return QuarantineUnknown();
  return std::move(rows.front());
}

Status GetOne(pg::Session& session, const Caller& caller, const registry::QuarantineDays& days,
              const v1::GetRequest& request, v1::GetResponse* response) {
  SELFSAME_ASSIGN_OR_RETURN(const Quarantined row,
                            ReadOne(session, caller, request.quarantine_id()));
  EncodeQuarantined(row, caller, days, response->mutable_record());
  const std::string_view key = caller.tenant->seal_key.reveal();
  SELFSAME_ASSIGN_OR_RETURN(
      const auto bodies,
      storage::ReadQuarantineBodies(session, WhereOf(caller), std::span(&row.id, 1)));
  if (bodies.empty()) return QuarantineUnknown();
  SELFSAME_ASSIGN_OR_RETURN(*response->mutable_body(), Unseal(key, QuarantineSealContext(row.id, 0),
                                                              bodies.front().body_sealed));
  SELFSAME_ASSIGN_OR_RETURN(
      const auto patches,
      storage::ReadQuarantinePatches(session, WhereOf(caller), std::span(&row.id, 1)));
  for (const storage::QuarantinePatch& patch : patches) {
    v1::GetResponse::PatchedCopy* reply = response->add_patches();
    reply->set_number(static_cast<std::uint32_t>(patch.number));
    SetTime(patch.at, reply->mutable_at());
    reply->set_actor(patch.actor);
    reply->set_comment(patch.comment);
    SELFSAME_ASSIGN_OR_RETURN(
        *reply->mutable_body(),
        Unseal(key, QuarantineSealContext(row.id, patch.number), patch.body_sealed));
  }
  return {};
}

// The corrected record's bytes, once it is sure to be of the same key and kind.
Result<std::string> PatchedBody(const Quarantined& row, const v1::PatchRequest& request) {
  const bool is_update = request.has_profile_update();
  if (!is_update && !request.has_event()) {
    return InvalidField("record", "RECORD_MALFORMED", "must hold an event or a profile update");
  }
  if (is_update != (row.kind == storage::RecordKind::kProfileUpdate)) {
    return InvalidField("record", "KIND_CHANGED", "must be of the original's kind");
  }
  const std::string& key = is_update ? request.profile_update().key() : request.event().key();
  if (key != row.key) return InvalidField("record.key", "KEY_CHANGED", "must be the original's");
  if (LengthOf(request.comment()) > kCommentMax) {
    return InvalidField("comment", "TOO_LONG", "at most 500 characters");
  }
  return is_update ? request.profile_update().SerializeAsString()
                   : request.event().SerializeAsString();
}

Status PatchOne(const EdgeContext& edge, pg::Session& session, const Caller& caller,
                const v1::PatchRequest& request, v1::PatchResponse* response) {
  SELFSAME_ASSIGN_OR_RETURN(const Quarantined row,
                            ReadOne(session, caller, request.quarantine_id()));
  SELFSAME_ASSIGN_OR_RETURN(const std::string body, PatchedBody(row, request));
  SELFSAME_ASSIGN_OR_RETURN(const auto batch, PrepareReplay(edge, caller, {{&row, body}}, 0));
  // The number is part of what the copy is sealed to.
  storage::QuarantinePatch patch{.id = row.id,
                                 .number = row.patch_number + 1,
                                 .at = Now(),
                                 .actor = caller.source->name,
                                 .comment = request.comment(),
                                 .body_sealed = {}};
  patch.body_sealed =
      Seal(caller.tenant->seal_key.reveal(), QuarantineSealContext(row.id, patch.number), body);
  SELFSAME_RETURN_IF_ERROR(storage::InsertQuarantinePatch(session, WhereOf(caller), patch));
  response->set_patch_number(static_cast<std::uint32_t>(patch.number));
  EncodeViolations(batch->prepared.front().violations, response->mutable_violations());
  return {};
}

bool HasChanged(const std::vector<Violation>& before, const std::vector<Violation>& now) {
  return !std::equal(before.begin(), before.end(), now.begin(), now.end(),
                     [](const Violation& a, const Violation& b) {
                       return a.field == b.field && a.reason == b.reason;
                     });
}

// Says of those that stay what is wrong with them now.
Status KeepInvalid(pg::Session& session, const Caller& caller, const ReplayBatch& batch,
                   bool is_dry_run, v1::ReplayResponse* response) {
  for (std::size_t i = 0; i < batch.prepared.size(); ++i) {
    const PreparedRecord& record = batch.prepared[i];
    if (!record.IsQuarantined()) continue;
    const Quarantined& row = *batch.opened[i].row;
    response->set_quarantined(response->quarantined() + 1);
    ++(*response->mutable_reasons())[record.violations.front().reason];
    if (is_dry_run || !HasChanged(row.violations, record.violations)) continue;
    SELFSAME_RETURN_IF_ERROR(
        storage::UpdateQuarantineViolations(session, WhereOf(caller), row.id, record.violations));
  }
  return {};
}

void CountReplayed(const EdgeContext& edge, const Caller& caller,
                   const std::vector<PreparedRecord>& settled, v1::ReplayResponse* response) {
  std::map<SourceId, std::vector<PreparedRecord>> by_source;
  for (const PreparedRecord& record : settled) {
    const auto kind = static_cast<std::size_t>(record.outcome.kind);
    edge.metrics.quarantine_replayed.Of(observe::kOutcomeLabels[kind - 1]).Add();
    switch (record.outcome.kind) {
      case ingest::OutcomeKind::kAccepted:
        response->set_accepted(response->accepted() + 1);
        by_source[record.source].push_back(record);
        break;
      case ingest::OutcomeKind::kDuplicate:
        response->set_duplicate(response->duplicate() + 1);
        break;
      case ingest::OutcomeKind::kRejected:
        response->set_rejected(response->rejected() + 1);
        ++(*response->mutable_reasons())[record.outcome.reason];
        break;
      case ingest::OutcomeKind::kPending:
      case ingest::OutcomeKind::kQuarantined:
      case ingest::OutcomeKind::kConsentDenied:
      case ingest::OutcomeKind::kSuppressed: break;
    }
  }
  for (const auto& [id, records] : by_source) {
    const storage::Source* source = caller.directory->FindSource(id);
    if (source != nullptr) CountReplayed(edge, *caller.tenant, *source, records);
  }
}

Status ReplayPage(const EdgeContext& edge, pg::Session& session, const Caller& caller,
                  const v1::ReplayRequest& request, v1::ReplayResponse* response) {
  SELFSAME_ASSIGN_OR_RETURN(const QuarantinePage page,
                            ReadQuarantinePage(session, caller, request, kReplaySizeDefault));
  SELFSAME_ASSIGN_OR_RETURN(std::vector<OpenedRecord> opened,
                            OpenBodies(session, caller, page.rows));
  SELFSAME_ASSIGN_OR_RETURN(
      const auto batch, PrepareReplay(edge, caller, std::move(opened), request.schema_version()));
  SELFSAME_RETURN_IF_ERROR(KeepInvalid(session, caller, *batch, request.dry_run(), response));
  response->set_next_page_token(page.next_page_token);
  if (request.dry_run()) {
    response->set_accepted(static_cast<std::uint32_t>(batch->prepared.size()) -
                           response->quarantined());
    return {};
  }
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<PreparedRecord> settled,
                            CommitReplay(edge, caller, batch));
  CountReplayed(edge, caller, settled, response);
  return {};
}

bool IsEmpty(const v1::Selector& selector) {
  return selector.source().empty() && selector.schema().empty() && selector.reason().empty() &&
         !selector.has_from() && !selector.has_to() && selector.quarantine_ids().empty();
}

Status DiscardPage(const EdgeContext& edge, pg::Session& session, const Caller& caller,
                   const v1::DiscardRequest& request, v1::DiscardResponse* response) {
  if (IsEmpty(request.selector())) {
    return InvalidField("selector", "SELECTOR_REQUIRED", "needs at least one condition");
  }
  if (request.reason().empty() || LengthOf(request.reason()) > kCommentMax) {
    return InvalidField("reason", "REASON_REQUIRED", "must say why, in 1 to 500 characters");
  }
  SELFSAME_ASSIGN_OR_RETURN(const QuarantinePage page,
                            ReadQuarantinePage(session, caller, request, kReplaySizeDefault));
  std::vector<RecordId> ids;
  for (const Quarantined& row : page.rows) ids.push_back(row.id);
  int count = static_cast<int>(ids.size());
  if (!request.dry_run()) {
    SELFSAME_ASSIGN_OR_RETURN(
        count, storage::DiscardQuarantine(session, WhereOf(caller), ids,
                                          storage::QuarantineEnd::kDiscarded, caller.source->name,
                                          request.reason(), Now()));
    edge.metrics.quarantine_discarded.Add(static_cast<std::uint64_t>(count));
  }
  response->set_discarded(static_cast<std::uint32_t>(count));
  response->set_next_page_token(page.next_page_token);
  return {};
}

Status CountAll(pg::Session& session, const Caller& caller, const v1::CountRequest& request,
                v1::CountResponse* response) {
  SELFSAME_ASSIGN_OR_RETURN(const storage::QuarantineSelector selector,
                            DecodeSelector(request.selector(), caller));
  SELFSAME_ASSIGN_OR_RETURN(const auto groups,
                            storage::CountQuarantine(session, WhereOf(caller), selector));
  std::uint64_t records = 0;
  for (const storage::QuarantineGroup& group : groups) {
    v1::CountResponse::Group* reply = response->add_groups();
    reply->set_source(SourceName(group.source, caller));
    reply->set_schema(group.schema_name);
    reply->set_reason(group.reason);
    reply->set_records(static_cast<std::uint64_t>(group.records));
    SetTime(group.oldest_at, reply->mutable_oldest_at());
    SetTime(group.newest_at, reply->mutable_newest_at());
    records += static_cast<std::uint64_t>(group.records);
  }
  response->set_records(records);
  return {};
}

}  // namespace

grpc::ServerUnaryReactor* QuarantineService::List(grpc::CallbackServerContext* context,
                                                  const v1::ListRequest* request,
                                                  v1::ListResponse* response) {
  return RunOnPool(
      parts_, context, Method::kListQuarantine, Scope::kRead,
      [this, request, response](pg::Session& session, const Caller& caller) -> Status {
        SELFSAME_ASSIGN_OR_RETURN(const QuarantinePage page,
                                  ReadQuarantinePage(session, caller, *request, kListSizeDefault));
        for (const Quarantined& row : page.rows) {
          EncodeQuarantined(row, caller, parts_.edge.quarantine_days, response->add_records());
        }
        response->set_next_page_token(page.next_page_token);
        return {};
      });
}

grpc::ServerUnaryReactor* QuarantineService::Count(grpc::CallbackServerContext* context,
                                                   const v1::CountRequest* request,
                                                   v1::CountResponse* response) {
  return RunOnPool(parts_, context, Method::kCountQuarantine, Scope::kRead,
                   [request, response](pg::Session& session, const Caller& caller) {
                     return CountAll(session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* QuarantineService::Get(grpc::CallbackServerContext* context,
                                                 const v1::GetRequest* request,
                                                 v1::GetResponse* response) {
  return RunOnPool(parts_, context, Method::kGetQuarantine, Scope::kRead,
                   [this, request, response](pg::Session& session, const Caller& caller) {
                     return GetOne(session, caller, parts_.edge.quarantine_days, *request,
                                   response);
                   });
}

grpc::ServerUnaryReactor* QuarantineService::Patch(grpc::CallbackServerContext* context,
                                                   const v1::PatchRequest* request,
                                                   v1::PatchResponse* response) {
  return RunOnPool(parts_, context, Method::kPatchQuarantine, Scope::kAdmin,
                   [this, request, response](pg::Session& session, const Caller& caller) {
                     return PatchOne(parts_.edge, session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* QuarantineService::Replay(grpc::CallbackServerContext* context,
                                                    const v1::ReplayRequest* request,
                                                    v1::ReplayResponse* response) {
  return RunOnPool(parts_, context, Method::kReplayQuarantine, Scope::kAdmin,
                   [this, request, response](pg::Session& session, const Caller& caller) {
                     return ReplayPage(parts_.edge, session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* QuarantineService::Discard(grpc::CallbackServerContext* context,
                                                     const v1::DiscardRequest* request,
                                                     v1::DiscardResponse* response) {
  return RunOnPool(parts_, context, Method::kDiscardQuarantine, Scope::kAdmin,
                   [this, request, response](pg::Session& session, const Caller& caller) {
                     return DiscardPage(parts_.edge, session, caller, *request, response);
                   });
}

}  // namespace selfsame::edge
