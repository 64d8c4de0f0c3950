#include "server/edge/quality_service.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/edge/quality_audits.h"
#include "server/edge/timestamp.h"
#include "server/quality/field_ages.h"
#include "server/quality/levels.h"
#include "storage/quality.h"

namespace selfsame::edge {
namespace {

using observe::Method;
using storage::Scope;

constexpr int kKeysMax = 10'000;
constexpr std::size_t kKeyBytesMax = 128;
// Of one source, that an exact count reads: some seconds of one connection of the pool.
constexpr std::int64_t kReceiptsMax = 5'000'000;

storage::TenantShard WhereIs(const Caller& caller) {
  return {caller.tenant->shard, caller.tenant->id};
}

void EncodeField(const std::string& name, const quality::FieldStanding& field, const Caller& caller,
                 quality::v1::GetQualityResponse::ProfileField* reply) {
  reply->set_field(name);
  reply->set_profiles(static_cast<std::uint64_t>(field.profiles));
  if (field.ages) {
    reply->set_age_mean(field.ages->mean);
    reply->set_age_p50(field.ages->p50);
    reply->set_age_p90(field.ages->p90);
    reply->set_age_p99(field.ages->p99);
  }
  for (const auto& [source, share] : field.sources) {
    auto* said = reply->add_sources();
    said->set_source(SourceName(source, caller));
    said->set_profiles(static_cast<std::uint64_t>(share.profiles));
    if (share.mean_age) said->set_age_mean(*share.mean_age);
  }
}

Status GetQualityOf(pg::Session& session, const Caller& caller,
                    quality::v1::GetQualityResponse* response) {
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::QualityCount> counts,
                            storage::ReadFieldCounts(session, WhereIs(caller)));
  const TimeUs now = Now();
  const quality::ProfileStanding standing = quality::StandingOf(counts, now);
  SetTime(now, response->mutable_as_of());
  response->set_profiles(static_cast<std::uint64_t>(standing.profiles));
  for (const auto& [name, field] : standing.fields) {
    if (field.profiles > 0) EncodeField(name, field, caller, response->add_fields());
  }
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::AuditRow> audits,
                            storage::ReadAudits(session, caller.tenant->id, kAuditsMax));
  std::map<std::string_view, std::vector<const storage::AuditRow*>> by_field;
  for (const storage::AuditRow& audit : audits) by_field[audit.attribute].push_back(&audit);
  for (const auto& [field, all] : by_field) {
    const storage::AuditRow* shown = quality::FieldAuditOf(all).shown;
    if (shown != nullptr && shown->right + shown->wrong > 0) {
      EncodeAudit(*shown, response->add_audits());
    }
  }
  return {};
}

void EncodeHour(const storage::SourceHour& hour, const Caller& caller,
                quality::v1::CountRecordsResponse::Hour* reply) {
  const auto count = [&](std::size_t outcome) {
    return static_cast<std::uint64_t>(hour.outcome[outcome - 1]);
  };
  reply->set_source(SourceName(hour.source, caller));
  SetTime(hour.hour_at, reply->mutable_hour_at());
  reply->set_received(static_cast<std::uint64_t>(hour.received));
  reply->set_accepted(count(1));
  reply->set_duplicate(count(2));
  reply->set_quarantined(count(3));
  reply->set_consent_denied(count(4));
  reply->set_suppressed(count(5));
  reply->set_rejected(count(6));
  reply->set_alike(static_cast<std::uint64_t>(hour.alike));
}

Status CountRecordsOf(pg::Session& session, const Caller& caller,
                      const quality::v1::CountRecordsRequest& request,
                      quality::v1::CountRecordsResponse* response) {
  if (!request.has_since()) return InvalidField("since", "FIELD_REQUIRED", "must be set");
  SELFSAME_ASSIGN_OR_RETURN(const TimeUs since, TimeOf(request.since(), "since"));
  SourceId source;
  if (!request.source().empty()) {
    SELFSAME_ASSIGN_OR_RETURN(source, FindSourceByName(request.source(), caller, "source"));
  } else if (request.exact()) {
    return InvalidField("source", "FIELD_REQUIRED", "must be set for an exact count");
  }
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::SourceHour> hours,
                            storage::ReadSourceHours(session, caller.tenant->id, since));
  for (const storage::SourceHour& hour : hours) {
    if (source.value == 0 || source == hour.source) {
      EncodeHour(hour, caller, response->add_hours());
    }
  }
  if (!request.exact()) return {};
  SELFSAME_ASSIGN_OR_RETURN(
      const storage::ReceiptCounts counts,
      storage::CountReceipts(session, WhereIs(caller), source, since, kReceiptsMax));
  response->set_exact_accepted(static_cast<std::uint64_t>(counts.accepted));
  response->set_exact_quarantined(static_cast<std::uint64_t>(counts.quarantined));
  return {};
}

// No receipt has such a key, and PostgreSQL would not even take it as text.
bool CannotBeAKey(const std::string& key) {
  return key.empty() || key.size() > kKeyBytesMax || key.find('\0') != std::string::npos;
}

Status FindKeysOf(pg::Session& session, const Caller& caller,
                  const quality::v1::FindKeysRequest& request,
                  quality::v1::FindKeysResponse* response) {
  SELFSAME_ASSIGN_OR_RETURN(const SourceId source,
                            FindSourceByName(request.source(), caller, "source"));
  if (request.keys_size() > kKeysMax) {
    return InvalidField("keys", "TOO_MANY_IDS", "at most 10,000");
  }
  std::vector<std::string> keys;
  for (const std::string& key : request.keys()) {
    if (!CannotBeAKey(key)) keys.push_back(key);
  }
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::FoundReceipt> receipts,
                            storage::FindReceipts(session, WhereIs(caller), source, keys));
  std::map<std::string_view, const storage::FoundReceipt*> by_key;
  for (const storage::FoundReceipt& receipt : receipts) by_key[receipt.key] = &receipt;
  for (const std::string& key : request.keys()) {
    const auto found = by_key.find(key);
    if (found == by_key.end()) continue;
    auto* reply = response->add_found();
    reply->set_key(key);
    reply->set_is_accepted(found->second->state == storage::KeyState::kAccepted);
    reply->set_state(static_cast<quality::v1::KeyState>(found->second->state));
    SetTime(found->second->received_at, reply->mutable_received_at());
  }
  return {};
}

}  // namespace

grpc::ServerUnaryReactor* QualityService::GetQuality(Context* context,
                                                     const quality::v1::GetQualityRequest*,
                                                     quality::v1::GetQualityResponse* response) {
  return RunOnPool(parts_, context, Method::kGetQuality, Scope::kRead,
                   [response](pg::Session& session, const Caller& caller) {
                     return GetQualityOf(session, caller, response);
                   });
}

grpc::ServerUnaryReactor* QualityService::CountRecords(
    Context* context, const quality::v1::CountRecordsRequest* request,
    quality::v1::CountRecordsResponse* response) {
  return RunOnPool(parts_, context, Method::kCountRecords, Scope::kRead,
                   [request, response](pg::Session& session, const Caller& caller) {
                     return CountRecordsOf(session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* QualityService::FindKeys(Context* context,
                                                   const quality::v1::FindKeysRequest* request,
                                                   quality::v1::FindKeysResponse* response) {
  return RunOnPool(parts_, context, Method::kFindKeys, Scope::kRead,
                   [request, response](pg::Session& session, const Caller& caller) {
                     return FindKeysOf(session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* QualityService::DrawSample(Context* context,
                                                     const quality::v1::DrawSampleRequest* request,
                                                     quality::v1::DrawSampleResponse* response) {
  return RunOnPool(parts_, context, Method::kDrawSample, Scope::kAdmin,
                   [request, response](pg::Session& session, const Caller& caller) {
                     return DrawSampleOf(session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* QualityService::ListAudits(Context* context,
                                                     const quality::v1::ListAuditsRequest* request,
                                                     quality::v1::ListAuditsResponse* response) {
  return RunOnPool(parts_, context, Method::kListAudits, Scope::kRead,
                   [request, response](pg::Session& session, const Caller& caller) {
                     return ListAuditsOf(session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* QualityService::ListSamples(
    Context* context, const quality::v1::ListSamplesRequest* request,
    quality::v1::ListSamplesResponse* response) {
  return RunOnPool(parts_, context, Method::kListSamples, Scope::kAdmin,
                   [request, response](pg::Session& session, const Caller& caller) {
                     return ListSamplesOf(session, caller, *request, response);
                   });
}

grpc::ServerUnaryReactor* QualityService::SubmitVerdict(
    Context* context, const quality::v1::SubmitVerdictRequest* request,
    quality::v1::SubmitVerdictResponse*) {
  return RunOnPool(parts_, context, Method::kSubmitVerdict, Scope::kAdmin,
                   [request](pg::Session& session, const Caller& caller) {
                     return SubmitVerdictOf(session, caller, *request);
                   });
}

}  // namespace selfsame::edge
