#include "server/edge/quality_audits.h"

#include <limits>
#include <string>
#include <string_view>

#include "base/uuid.h"
#include "server/edge/page_token.h"
#include "server/edge/timestamp.h"
#include "server/quality/stratified.h"

namespace selfsame::edge {
namespace {

constexpr std::uint32_t kSizeDefault = 100;
constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kCommentBytesMax = 500;
constexpr int kPageSizeDefault = 100;
// A value may be as large as an attribute: a page ends early rather than grow beyond what clients
// take.
constexpr std::size_t kPageBytesMax = 2 << 20;
constexpr std::string_view kByAttribute = "attribute:";

Status CheckStrata(const std::string& stratify_by) {
  const bool is_attribute = stratify_by.rfind(kByAttribute, 0) == 0 &&
                            stratify_by.size() > kByAttribute.size() &&
                            stratify_by.size() <= kByAttribute.size() + kNameBytesMax;
  if (stratify_by.empty() || stratify_by == "source" || is_attribute) return {};
  return InvalidField("stratify_by", "OUT_OF_RANGE",
                      "must be empty, source, or attribute: and a name");
}

Status CheckDraw(const quality::v1::DrawSampleRequest& request) {
  if (request.field().empty()) return InvalidField("field", "FIELD_REQUIRED", "must be set");
  if (request.field().size() > kNameBytesMax) {
    return InvalidField("field", "TOO_LONG", "at most 200 bytes");
  }
  if (request.size() > storage::kAuditSizeMax) {
    return InvalidField("size", "OUT_OF_RANGE", "at most 10,000");
  }
  return CheckStrata(request.stratify_by());
}

Result<EventUuid> AuditIdOf(const std::string& text) {
  const auto id = ParseUuid(text);
  if (id) return EventUuid{*id};
  return Error{.code = ErrorCode::kNotFound, .reason = "AUDIT_UNKNOWN", .message = "no such audit"};
}

}  // namespace

void EncodeAudit(const storage::AuditRow& row, quality::v1::Audit* reply) {
  reply->set_audit_id(FormatUuid(row.id));
  reply->set_field(row.attribute);
  reply->set_stratify_by(row.stratify_by);
  reply->set_seed(row.seed);
  reply->set_drawn_by(row.drawn_by);
  SetTime(row.drawn_at, reply->mutable_drawn_at());
  reply->set_population(row.population);
  reply->set_samples(row.samples);
  reply->set_right(row.right);
  reply->set_wrong(row.wrong);
  reply->set_unknown(row.unknown);
  const quality::Interval share = quality::AuditInterval(row);
  reply->set_accuracy(share.estimate);
  reply->set_accuracy_low(share.low);
  reply->set_accuracy_high(share.high);
  reply->set_strata(static_cast<std::uint32_t>(row.strata.strata));
}

Status DrawSampleOf(pg::Session& session, const Caller& caller,
                    const quality::v1::DrawSampleRequest& request,
                    quality::v1::DrawSampleResponse* response) {
  SELFSAME_RETURN_IF_ERROR(CheckDraw(request));
  const TimeUs now = Now();
  const storage::NewAudit audit{
      .id = NewUuidV7<EventUuid>(now),
      .attribute = request.field(),
      .size = static_cast<int>(request.size() == 0 ? kSizeDefault : request.size()),
      .stratify_by = request.stratify_by(),
      .seed = request.seed(),
      .drawn_by = caller.source->name};
  const storage::TenantShard where{caller.tenant->shard, caller.tenant->id};
  SELFSAME_RETURN_IF_ERROR(
      storage::DrawAudit(session, where, caller.tenant->node_key.reveal(), audit, now));
  SELFSAME_ASSIGN_OR_RETURN(const std::vector<storage::AuditRow> audits,
                            storage::ReadAudits(session, where.tenant, kAuditsMax));
  for (const storage::AuditRow& row : audits) {
    if (row.id == audit.id) EncodeAudit(row, response->mutable_audit());
  }
  return {};
}

Status ListAuditsOf(pg::Session& session, const Caller& caller,
                    const quality::v1::ListAuditsRequest& request,
                    quality::v1::ListAuditsResponse* response) {
  const PagedList list{.name = "ListAudits", .filters = {}};
  SELFSAME_ASSIGN_OR_RETURN(const auto after, DecodePageToken(list, request.page_token(), 1));
  SELFSAME_ASSIGN_OR_RETURN(const int size, PageSizeOf(request.page_size(), kPageSizeDefault));
  EventUuid after_id;
  if (!after.empty()) {
    SELFSAME_ASSIGN_OR_RETURN(after_id, AuditIdOf(after[0]));
  }
  SELFSAME_ASSIGN_OR_RETURN(std::vector<storage::AuditRow> audits,
                            storage::ReadAudits(session, caller.tenant->id, size + 1,
                                                std::numeric_limits<int>::max(), after_id));
  if (audits.size() > static_cast<std::size_t>(size)) {
    audits.pop_back();
    response->set_next_page_token(EncodePageToken(list, {FormatUuid(audits.back().id)}));
  }
  for (const storage::AuditRow& row : audits) EncodeAudit(row, response->add_audits());
  return {};
}

Status ListSamplesOf(pg::Session& session, const Caller& caller,
                     const quality::v1::ListSamplesRequest& request,
                     quality::v1::ListSamplesResponse* response) {
  SELFSAME_ASSIGN_OR_RETURN(const EventUuid id, AuditIdOf(request.audit_id()));
  const PagedList list{.name = "ListSamples", .filters = {request.audit_id()}};
  SELFSAME_ASSIGN_OR_RETURN(const auto after, DecodePageToken(list, request.page_token(), 1));
  SELFSAME_ASSIGN_OR_RETURN(const int size, PageSizeOf(request.page_size(), kPageSizeDefault));
  const int after_number = after.empty() ? 0 : static_cast<int>(PositionNumber(after[0]));
  SELFSAME_ASSIGN_OR_RETURN(
      const std::vector<storage::AuditSample> samples,
      storage::ReadAuditSamples(session, {caller.tenant->shard, caller.tenant->id},
                                caller.tenant->node_key.reveal(), id,
                                {.after = after_number, .rows_max = size + 1}));
  if (samples.empty()) {
    return Error{
        .code = ErrorCode::kNotFound, .reason = "AUDIT_UNKNOWN", .message = "no such audit"};
  }
  std::size_t bytes = 0;
  int last = after_number;
  for (const storage::AuditSample& sample : samples) {
    bytes += sample.value.size() + sample.comment.size() + sample.stratum.size();
    const bool is_full =
        response->samples_size() == size || (response->samples_size() > 0 && bytes > kPageBytesMax);
    if (is_full) {
      response->set_next_page_token(EncodePageToken(list, {std::to_string(last)}));
      break;
    }
    last = sample.number;
    quality::v1::Sample* reply = response->add_samples();
    reply->set_number(static_cast<std::uint32_t>(sample.number));
    reply->set_stratum(sample.source.value == 0 ? sample.stratum
                                                : SourceName(sample.source, caller));
    reply->set_is_stratum_changed(sample.is_stratum_changed);
    reply->set_profile_id(FormatUuid(sample.profile_id));
    reply->set_value_json(sample.value);
    reply->set_is_changed(sample.is_changed);
    reply->set_verdict(static_cast<quality::v1::Verdict>(sample.verdict));
    reply->set_comment(sample.comment);
  }
  return {};
}

Status SubmitVerdictOf(pg::Session& session, const Caller& caller,
                       const quality::v1::SubmitVerdictRequest& request) {
  SELFSAME_ASSIGN_OR_RETURN(const EventUuid id, AuditIdOf(request.audit_id()));
  if (request.verdict() == quality::v1::VERDICT_UNSPECIFIED ||
      !quality::v1::Verdict_IsValid(request.verdict())) {
    return InvalidField("verdict", "FIELD_REQUIRED", "must be right, wrong or unknown");
  }
  if (request.comment().size() > kCommentBytesMax) {
    return InvalidField("comment", "TOO_LONG", "at most 500 bytes");
  }
  if (request.number() > storage::kAuditSizeMax * 2) {
    return InvalidField("number", "OUT_OF_RANGE", "no audit is as large");
  }
  return storage::JudgeAuditSample(session, caller.tenant->id,
                                   {.audit = id,
                                    .number = static_cast<int>(request.number()),
                                    .verdict = static_cast<storage::Verdict>(request.verdict()),
                                    .judged_by = caller.source->name,
                                    .comment = request.comment()},
                                   Now());
}

}  // namespace selfsame::edge
