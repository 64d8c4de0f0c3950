#include "server/edge/quarantine_select.h"

#include <utility>

#include "base/uuid.h"
#include "server/edge/timestamp.h"

namespace selfsame::edge {
namespace {

constexpr int kIdsMax = 1'000;

}  // namespace

Result<storage::QuarantineSelector> DecodeSelector(const quarantine::v1::Selector& selector,
                                                   const Caller& caller) {
  storage::QuarantineSelector decoded{
      .source = {}, .schema_name = selector.schema(), .reason = selector.reason()};
  if (!selector.source().empty()) {
    SELFSAME_ASSIGN_OR_RETURN(decoded.source,
                              FindSourceByName(selector.source(), caller, "selector.source"));
  }
  if (selector.has_from()) {
    SELFSAME_ASSIGN_OR_RETURN(decoded.from, TimeOf(selector.from(), "selector.from"));
  }
  if (selector.has_to()) {
    SELFSAME_ASSIGN_OR_RETURN(decoded.to, TimeOf(selector.to(), "selector.to"));
  }
  if (selector.quarantine_ids_size() > kIdsMax) {
    return InvalidField("selector.quarantine_ids", "TOO_MANY_IDS", "at most 1,000");
  }
  for (const std::string& text : selector.quarantine_ids()) {
    const auto id = ParseUuid(text);
    if (!id) {
      return InvalidField("selector.quarantine_ids", "QUARANTINE_ID_MALFORMED", "not a UUID");
    }
    decoded.ids.push_back(RecordId{*id});
  }
  return decoded;
}

Result<QuarantinePage> ReadQuarantinePage(pg::Session& session, const Caller& caller,
                                          const quarantine::v1::Selector& selector,
                                          const std::string& page_token, int page_size) {
  SELFSAME_ASSIGN_OR_RETURN(const storage::QuarantineSelector decoded,
                            DecodeSelector(selector, caller));
  RecordId after;
  if (!page_token.empty()) {
    const auto id = ParseUuid(page_token);
    if (!id) {
      return InvalidField("page_token", "PAGE_TOKEN_MALFORMED", "not a token of a page before");
    }
    after = RecordId{*id};
  }
  QuarantinePage page;
  SELFSAME_ASSIGN_OR_RETURN(
      page.rows, storage::ListQuarantine(session, WhereOf(caller), decoded, after, page_size + 1));
  if (page.rows.size() <= static_cast<std::size_t>(page_size)) return page;
  page.rows.pop_back();
  page.next_page_token = FormatUuid(page.rows.back().id);
  return page;
}

void EncodeViolations(const std::vector<Violation>& violations,
                      google::protobuf::RepeatedPtrField<ingest::v1::FieldViolation>* reply) {
  for (const Violation& violation : violations) {
    ingest::v1::FieldViolation* added = reply->Add();
    added->set_field(violation.field);
    added->set_reason(violation.reason);
    added->set_message(violation.message);
  }
}

void EncodeQuarantined(const storage::Quarantined& row, const Caller& caller,
                       const registry::QuarantineDays& days,
                       quarantine::v1::QuarantinedRecord* reply) {
  reply->set_quarantine_id(FormatUuid(row.id));
  reply->set_source(SourceName(row.source, caller));
  reply->set_key(row.key);
  reply->set_is_profile_update(row.kind == storage::RecordKind::kProfileUpdate);
  reply->set_schema(row.schema_name);
  reply->set_schema_version(row.schema_version);
  SetTime(row.received_at, reply->mutable_received_at());
  reply->set_reason(row.reason);
  EncodeViolations(row.violations, reply->mutable_violations());
  SetTime(days.ExpiresAt(row.reason, row.received_at), reply->mutable_expires_at());
  reply->set_patch_number(static_cast<std::uint32_t>(row.patch_number));
}

}  // namespace selfsame::edge
