#include "server/ingest/prepare.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "base/hash.h"
#include "base/uuid.h"
#include "identity/canonicalize.h"
#include "identity/node_id.h"
#include "server/ingest/canonical_identifier.h"
#include "server/ingest/limits.h"
#include "server/ingest/name_hash.h"
#include "server/ingest/operations.h"

namespace selfsame::ingest {
namespace {

constexpr std::int64_t kMicrosASecond = 1'000'000;

bool HasNul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

// A reason for which nothing of the record can be kept; null when there is none.
const char* DoorReason(const IncomingRecord& incoming) {
  if (incoming.is_malformed) return "RECORD_MALFORMED";
  if (incoming.key.empty()) return "KEY_REQUIRED";
  if (incoming.key.size() > kKeyBytesMax) return "KEY_TOO_LONG";
  if (!identity::IsUtf8(incoming.key)) return "KEY_NOT_UTF8";
  if (HasNul(incoming.key)) return "KEY_HAS_NUL";
  if (incoming.payload.size() > kPayloadBytesMax) return "PAYLOAD_TOO_LARGE";
  if (incoming.body.size() > kRecordBytesMax) return "RECORD_TOO_LARGE";
  return nullptr;
}

Violation DoorViolation(std::string_view reason) {
  if (reason == "RECORD_MALFORMED")
    return {"", "RECORD_MALFORMED", "not a protobuf message of a record"};
  if (reason == "KEY_REQUIRED") return {"key", "KEY_REQUIRED", "must not be empty"};
  if (reason == "KEY_TOO_LONG") return {"key", "KEY_TOO_LONG", "longer than 128 bytes"};
  if (reason == "KEY_NOT_UTF8") return {"key", "KEY_NOT_UTF8", "is not UTF-8"};
  if (reason == "KEY_HAS_NUL") return {"key", "KEY_HAS_NUL", "holds a NUL character"};
  if (reason == "PAYLOAD_TOO_LARGE") return {"payload", "PAYLOAD_TOO_LARGE", "larger than 64 KiB"};
  return {"", "RECORD_TOO_LARGE", "larger than 128 KiB"};
}

// Of everything the client said but the key: a retry says the same, whatever made it.
Fingerprint FingerprintOf(const IncomingRecord& incoming) {
  Hasher hasher;
  hasher.Add(static_cast<std::int64_t>(incoming.kind))
      .Add(incoming.has_event_time ? 1 : 0)
      .Add(incoming.event_seconds)
      .Add(incoming.event_nanos)
      .Add(static_cast<std::int64_t>(incoming.identifiers.size()));
  for (const auto& [kind, value] : incoming.identifiers) hasher.Add(kind).Add(value);
  // Not of records without any: they have the fingerprints they always had.
  for (const auto& [attribute, operation] : incoming.operations) {
    hasher.Add(attribute).Add(static_cast<std::int64_t>(operation));
  }
  if (incoming.if_revision) hasher.Add("if_revision").Add(*incoming.if_revision);
  hasher.Add(incoming.schema_name)
      .Add(incoming.schema_version)
      .Add(static_cast<std::int64_t>(incoming.format))
      .Add(incoming.payload)
      .Add(incoming.consent);
  return Fingerprint{hasher.Finish()};
}

// The work of one Prepare call on a record that can be kept.
class Preparer {
 public:
  Preparer(const IncomingRecord& incoming, const PrepareContext& context, PreparedRecord& record)
      : incoming_(incoming), context_(context), record_(record) {}

  void Run() {
    CheckEventTime();
    CheckIdentifiers();
    CheckConsent();
    CheckSchemaAndPayload();
  }

 private:
  void Violate(std::string field, std::string reason, std::string message) {
    record_.violations.push_back({std::move(field), std::move(reason), std::move(message)});
  }

  void CheckEventTime() {
    if (!incoming_.has_event_time) {
      return Violate("event_time", "EVENT_TIME_REQUIRED", "must be set");
    }
    // A clock that was never set, or a time that was never filled in, is the epoch to the second.
    if (incoming_.event_seconds == 0 && incoming_.event_nanos == 0) {
      return Violate(
          "event_time", "EVENT_TIME_REQUIRED",
          "must be set; 0, which is 1970-01-01T00:00:00Z, is what an unset time is sent as");
    }
    // Seconds are compared before they are multiplied: they may be anything.
    const TimeUs latest = context_.now + kEventTimeAheadMax;
    const bool is_early = incoming_.event_seconds < kEventTimeMin.us / kMicrosASecond;
    const bool is_late = incoming_.event_seconds > latest.us / kMicrosASecond;
    const bool is_broken = incoming_.event_nanos < 0 || incoming_.event_nanos > 999'999'999;
    if (is_early || is_late || is_broken) {
      return Violate("event_time", "EVENT_TIME_OUT_OF_RANGE",
                     "must be from 1970-01-01 to one day after receipt");
    }
    record_.event_time =
        TimeUs{incoming_.event_seconds * kMicrosASecond + incoming_.event_nanos / 1000};
    if (record_.event_time < context_.event_time_min) {
      return Violate("event_time", "EVENT_TIME_OUT_OF_RANGE",
                     "must not be before " + FormatRfc3339(context_.event_time_min) +
                         ", the earliest event time of this source");
    }
    record_.claim_time = std::min(record_.event_time, context_.now + kClaimTimeAheadMax);
  }

  void CheckIdentifiers() {
    if (incoming_.identifiers.size() > kIdentifiersMax) {
      return Violate("identifiers", "TOO_MANY_IDENTIFIERS", "more than 32");
    }
    const std::size_t violations_before = record_.violations.size();
    for (std::size_t i = 0; i < incoming_.identifiers.size(); ++i) {
      CheckIdentifier("identifiers[" + std::to_string(i) + "]", incoming_.identifiers[i]);
    }
    SortMentions();
    if (record_.mentions.empty() && record_.violations.size() == violations_before) {
      Violate("identifiers", "NO_USABLE_IDENTIFIER",
              "needs at least one identifier that does not stand for nobody");
    }
  }

  void CheckConsent() {
    if (incoming_.is_consent_malformed) {
      Violate("consent", "CONSENT_MALFORMED", "is not a ConsentContext");
    } else if (incoming_.consent_purposes > kConsentPurposesMax) {
      Violate("consent.purposes", "TOO_MANY_PURPOSES", "more than 32");
    }
  }

  void CheckIdentifier(const std::string& path, const IncomingIdentifier& identifier) {
    const identity::KindRule* rule = context_.rules.Find(identifier.kind);
    if (rule == nullptr) {
      Violate(path + ".kind", "IDENTIFIER_KIND_UNKNOWN",
              "must be a kind of the ruleset or of the form namespace:name");
    }
    const std::string_view value = identifier.value;
    if (value.size() > kIdentifierValueBytesMax) {
      return Violate(path + ".value", "IDENTIFIER_TOO_LONG", "longer than 512 bytes");
    }
    if (!identity::IsUtf8(value))
      return Violate(path + ".value", "IDENTIFIER_NOT_UTF8", "is not UTF-8");
    if (HasNul(value))
      return Violate(path + ".value", "IDENTIFIER_HAS_NUL", "holds a NUL character");
    // Values that mean "nobody" are looked for before the kind's own rules: "null" is no bad
    // e-mail.
    if (rule == nullptr) return;
    if (context_.rules.blocked->Blocks(identifier.kind, value)) return Ignore(path);
    auto canonical = CanonicalIdentifier(rule->canonical, value,
                                         {.default_phone_region = context_.customs.phone_region});
    if (!canonical.ok()) {
      return Violate(path + ".value", canonical.error().reason, canonical.error().message);
    }
    if (*canonical != value && context_.rules.blocked->Blocks(identifier.kind, *canonical)) {
      return Ignore(path);
    }
    record_.mentions.push_back(
        {.node = identity::NodeIdOf(context_.node_key, identifier.kind, *canonical),
         .rule = rule,
         .kind = std::string(identifier.kind),
         .canonical = std::move(*canonical)});
    Mention& mention = record_.mentions.back();
    mention.links_nobody = context_.rules.IsGenericMailbox(mention.kind, mention.canonical);
    mention.is_of_one_customer =
        context_.has_new_person_after_logout && mention.kind == identity::kAnonymousId;
  }

  void Ignore(const std::string& path) {
    record_.ignored.push_back({path + ".value", "BLOCKED_VALUE", "stands for nobody"});
  }

  // The order decides the anchor, so it depends on nothing but the identifiers themselves.
  void SortMentions() {
    auto& mentions = record_.mentions;
    std::sort(mentions.begin(), mentions.end(), [](const Mention& a, const Mention& b) {
      // What links nobody is an anchor only where there is no other: people's claims would meet.
      return std::tie(a.links_nobody, a.rule->priority, a.kind, a.node) <
             std::tie(b.links_nobody, b.rule->priority, b.kind, b.node);
    });
    mentions.erase(std::unique(mentions.begin(), mentions.end(),
                               [](const Mention& a, const Mention& b) { return a.node == b.node; }),
                   mentions.end());
  }

  void CheckSchemaAndPayload() {
    if (incoming_.schema_name.empty()) {
      return Violate("schema.name", "SCHEMA_REQUIRED", "must name the payload's schema");
    }
    const std::uint32_t version =
        context_.schema_version == 0 ? incoming_.schema_version : context_.schema_version;
    const schema::Schema* found =
        context_.catalog.Find(context_.tenant, incoming_.schema_name, version);
    if (found == nullptr) return ViolateUnknownSchema();
    if (found->state == schema::State::kRetired) {
      return Violate("schema.version", "SCHEMA_RETIRED", "is not taken any more");
    }
    const auto use =
        record_.kind == RecordKind::kEvent ? schema::Use::kEvent : schema::Use::kProfile;
    if (found->use() != use) {
      return Violate("schema", "SCHEMA_KIND_MISMATCH",
                     use == schema::Use::kEvent ? "is for profile updates" : "is for events");
    }
    record_.schema = found->id;
    const auto encoding = incoming_.format == PayloadFormat::kProtobuf ? schema::Encoding::kProtobuf
                                                                       : schema::Encoding::kJson;
    schema::Customs customs = context_.customs;
    customs.now = context_.now;
    Take(schema::CheckPayload(*found->compiled, encoding, incoming_.payload, customs));
    TakeOperations(*found);
    TakeName(*found);
  }

  // Only of records that no customer id tells apart: where there is one, customers are counted.
  void TakeName(const schema::Schema& found) {
    if (record_.attributes.empty()) return;
    bool is_counted = false;
    for (const Mention& mention : record_.mentions) {
      if (mention.rule->IsUnique()) return;
      is_counted = is_counted || mention.rule->names_above > 0;
    }
    if (is_counted) record_.name = NameHash(context_.node_key, found, record_.attributes);
  }

  // Every version retired is another thing than no such schema: somebody decided it.
  void ViolateUnknownSchema() {
    const bool is_retired =
        incoming_.schema_version == 0 &&
        !context_.catalog.Versions(context_.tenant, incoming_.schema_name).empty();
    is_retired ? Violate("schema", "SCHEMA_RETIRED", "is not taken any more")
               : Violate("schema", "SCHEMA_UNKNOWN", "no such schema or version is registered");
  }

  void Take(schema::CheckedPayload checked) {
    std::move(checked.violations.begin(), checked.violations.end(),
              std::back_inserter(record_.violations));
    record_.attributes = std::move(checked.attributes);
    record_.derived = std::move(checked.derived);
    record_.normalized = std::move(checked.normalized);
    record_.filled = std::move(checked.filled);
    record_.closed = std::move(checked.closed);
    record_.drift = std::move(checked.drift);
    record_.left_out = std::move(checked.left_out);
    record_.remaining = std::move(checked.remaining);
    if (checked.is_rejected) {
      record_.outcome = {.kind = OutcomeKind::kRejected,
                         .reason = record_.violations.front().reason,
                         .violations = record_.violations};
    }
  }

  void TakeOperations(const schema::Schema& found) {
    record_.if_revision = incoming_.if_revision;
    if (record_.kind != RecordKind::kProfileUpdate || incoming_.operations.empty()) return;
    const auto more = ReadOperations(incoming_.operations, found, record_);
    record_.violations.insert(record_.violations.end(), more.begin(), more.end());
  }

  const IncomingRecord& incoming_;
  const PrepareContext& context_;
  PreparedRecord& record_;
};

}  // namespace

namespace {

normalize::DateOrder DateOrderOf(std::string_view name) {
  if (name == "DMY") return normalize::DateOrder::kDayMonthYear;
  if (name == "MDY") return normalize::DateOrder::kMonthDayYear;
  return normalize::DateOrder::kUnstated;
}

}  // namespace

schema::Customs CustomsOf(const storage::Tenant& tenant, const storage::Source& source,
                          const schema::Catalog& catalog) {
  return {.phone_region = source.phone_region.empty() ? tenant.phone_region : source.phone_region,
          .date_order = DateOrderOf(source.date_order),
          .vocabularies = catalog.VocabulariesOf(tenant.id),
          .leaves_out = source.invalid_optional == "leave-out"};
}

TimeUs EventTimeMinOf(const storage::Source& source) {
  return source.event_time_min.value_or(kEventTimeMin);
}

namespace {

// What needs no check of what the record says.
PreparedRecord Begin(const IncomingRecord& incoming, const PrepareContext& context) {
  PreparedRecord record{.kind = incoming.kind,
                        .source = context.source,
                        .trust_priority = context.trust_priority,
                        .key = incoming.key,
                        .format = incoming.format,
                        .body = incoming.body,
                        .schema_name = incoming.schema_name,
                        .payload = incoming.payload,
                        .consent = incoming.consent,
                        .named_version = incoming.schema_version};
  if (const char* reason = DoorReason(incoming)) {
    record.outcome = {
        .kind = OutcomeKind::kRejected, .reason = reason, .violations = {DoorViolation(reason)}};
    return record;
  }
  record.fingerprint = FingerprintOf(incoming);
  record.record_id = NewUuidV7<RecordId>(context.now);
  return record;
}

}  // namespace

PreparedRecord Prepare(const IncomingRecord& incoming, const PrepareContext& context) {
  PreparedRecord record = Begin(incoming, context);
  if (!record.IsSettled()) Preparer(incoming, context, record).Run();
  return record;
}

PreparedRecord PrepareUnchecked(const IncomingRecord& incoming, const PrepareContext& context) {
  PreparedRecord record = Begin(incoming, context);
  if (!record.IsSettled()) {
    record.violations.push_back(
        {"", "CHECK_FAILED", "the server failed while it checked this record; replay it later"});
  }
  return record;
}

}  // namespace selfsame::ingest
