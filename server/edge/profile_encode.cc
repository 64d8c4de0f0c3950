#include "server/edge/profile_encode.h"

#include <algorithm>
#include <charconv>

#include "base/seal.h"
#include "base/uuid.h"
#include "server/edge/pool_call.h"
#include "server/edge/timestamp.h"
#include "server/schema/payload.h"

namespace selfsame::edge {
namespace {

int PriorityOf(const std::string& kind, const identity::Ruleset& rules) {
  const identity::KindRule* rule = rules.Find(kind);
  return rule == nullptr ? rules.custom.priority : rule->priority;
}

// 9999-12-31T23:59:59Z. No token of ours lies outside; PostgreSQL has no timestamps for all that
// could.
constexpr TimeUs kTokenTimeMax{253'402'300'799'000'000};

Error Unreadable() {
  return {.code = ErrorCode::kInternal,
          .reason = "PAYLOAD_UNREADABLE",
          .message = "a stored value cannot be read"};
}

Status EncodeAttribute(const identity::Claim& claim, const Caller& caller,
                       const schema::Catalog& catalog, profile::v1::Attribute* reply) {
  if (!schema::ParseJson(claim.value, reply->mutable_value())) return Unreadable();
  reply->set_source(SourceName(claim.source, caller));
  EncodeTime(claim.event_time, reply->mutable_event_time());
  reply->set_record_id(FormatUuid(claim.record_id));
  if (const schema::Schema* schema = catalog.Find(claim.schema)) {
    reply->set_schema(schema->name);
    reply->set_schema_version(schema->version);
  }
  return {};
}

}  // namespace

void EncodeTime(TimeUs time, google::protobuf::Timestamp* reply) {
  std::int64_t seconds = time.us / 1'000'000;
  std::int64_t micros = time.us % 1'000'000;
  if (micros < 0) {
    --seconds;
    micros += 1'000'000;
  }
  reply->set_seconds(seconds);
  reply->set_nanos(static_cast<int>(micros * 1000));
}

Status EncodeProfile(const storage::Profile& profile, const Caller& caller,
                     const schema::Catalog& catalog, profile::v1::Profile* reply) {
  reply->set_profile_id(FormatUuid(profile.profile_id));
  reply->set_revision(profile.revision);
  EncodeTime(profile.created_at, reply->mutable_created_at());
  EncodeTime(profile.updated_at, reply->mutable_updated_at());
  std::vector<storage::ProfileMember> members = profile.members;
  const identity::Ruleset& rules = *caller.tenant->rules;
  std::stable_sort(members.begin(), members.end(), [&](const auto& a, const auto& b) {
    return PriorityOf(a.kind, rules) < PriorityOf(b.kind, rules);
  });
  for (const storage::ProfileMember& member : members) {
    SELFSAME_ASSIGN_OR_RETURN(std::string value, Unseal(caller.tenant->seal_key.reveal(),
                                                        member.node.view(), member.value_sealed));
    auto* added = reply->add_identifiers();
    added->set_kind(member.kind);
    added->set_value(std::move(value));
    EncodeTime(member.first_seen_at, added->mutable_first_seen_at());
    added->set_shared(member.exclusion == identity::Exclusion::kShared);
  }
  if (profile.activity.first_seen_at) {
    profile::v1::Activity& activity = *reply->mutable_activity();
    EncodeTime(*profile.activity.first_seen_at, activity.mutable_first_seen_at());
    EncodeTime(*profile.activity.last_seen_at, activity.mutable_last_seen_at());
    activity.set_event_count(profile.activity.events);
    activity.set_last_source(SourceName(profile.activity.last_source, caller));
  }
  const auto encode = [&](const std::string& name, const identity::Claim& claim) {
    profile::v1::Attribute& attribute = (*reply->mutable_attributes())[name];
    attribute.set_rule(std::string(identity::SurvivorshipName(rules.SurvivorshipOf(name))));
    return EncodeAttribute(claim, caller, catalog, &attribute);
  };
  for (const auto& [name, folded] : profile.attributes) {
    if (folded.HasValue()) SELFSAME_RETURN_IF_ERROR(encode(name, folded.claim));
  }
  for (const auto& [name, claim] : identity::DerivedOf(profile.attributes)) {
    SELFSAME_RETURN_IF_ERROR(encode(name, claim));
  }
  return {};
}

Status EncodeEvent(const storage::StoredEvent& event, const Caller& caller,
                   const schema::Catalog& catalog, profile::v1::StoredEvent* reply) {
  reply->set_record_id(FormatUuid(event.record_id));
  reply->set_source(SourceName(event.source, caller));
  reply->set_key(event.key);
  EncodeTime(event.event_time, reply->mutable_event_time());
  EncodeTime(event.received_at, reply->mutable_received_at());
  const schema::Schema* found = catalog.Find(event.schema);
  if (found == nullptr) return Unreadable();
  reply->set_schema(found->name);
  reply->set_schema_version(found->version);
  const auto encoding = event.format == storage::PayloadFormat::kProtobuf
                            ? schema::Encoding::kProtobuf
                            : schema::Encoding::kJson;
  SELFSAME_ASSIGN_OR_RETURN(const std::string json,
                            schema::PayloadJson(*found->compiled, encoding, event.payload));
  if (!schema::ParseJson(json, reply->mutable_payload())) return Unreadable();
  reply->set_normalizer_version(static_cast<std::uint32_t>(event.normalizer_version));
  if (event.normalized.empty()) return {};
  return schema::ParseJson(event.normalized, reply->mutable_normalized()) ? Status()
                                                                          : Status(Unreadable());
}

void EncodeHistory(const storage::StoredHistory& entry, profile::v1::MergeHistoryEntry* reply) {
  reply->set_history_id(FormatUuid(entry.history_id));
  EncodeTime(entry.at, reply->mutable_at());
  // The stored values are the contract's.
  reply->set_action(static_cast<profile::v1::MergeHistoryEntry::Action>(entry.action));
  for (const ProfileId& id : entry.before) reply->add_before(FormatUuid(id));
  for (const ProfileId& id : entry.after) reply->add_after(FormatUuid(id));
  reply->set_rule(entry.rule);
  reply->set_record_id(FormatUuid(entry.record_id));
  reply->set_kind_a(entry.kind_a);
  reply->set_kind_b(entry.kind_b);
  if (entry.operation.IsNil()) return;
  reply->set_operation_id(FormatUuid(entry.operation));
  reply->set_actor(entry.actor);
  reply->set_reason(entry.reason);
}

std::string EncodePageToken(TimeUs time, std::string_view id16) {
  return std::to_string(time.us) + "." + FormatUuid(id16);
}

std::optional<storage::Cursor> DecodePageToken(const std::string& token) {
  storage::Cursor cursor;
  if (token.empty()) return cursor;
  const std::size_t dot = token.find('.');
  if (dot == std::string::npos) return std::nullopt;
  const char* end = token.data() + dot;
  const auto [at, failed] = std::from_chars(token.data(), end, cursor.time.us);
  const auto id = ParseUuid(std::string_view(token).substr(dot + 1));
  if (failed != std::errc() || at != end || !id) return std::nullopt;
  if (cursor.time < TimeUs{0} || cursor.time > kTokenTimeMax) return std::nullopt;
  cursor.id = EventUuid{*id};
  return cursor;
}

}  // namespace selfsame::edge
