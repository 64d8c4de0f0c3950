// How a record ends: data, never an error. One for each record that arrives.
#ifndef SELFSAME_SERVER_INGEST_OUTCOME_H_
#define SELFSAME_SERVER_INGEST_OUTCOME_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"

namespace selfsame::ingest {

// Values of selfsame.ingest.v1.Outcome.
enum class OutcomeKind : std::int8_t {
  kPending = 0,  // Not settled yet; never sent.
  kAccepted = 1,
  kDuplicate = 2,
  kQuarantined = 3,
  kConsentDenied = 4,
  kSuppressed = 5,
  kRejected = 6,
};

struct Outcome {
  OutcomeKind kind = OutcomeKind::kPending;
  ProfileId profile_id;
  RecordId record_id;
  std::string reason;                 // With kQuarantined and kRejected.
  std::vector<Violation> violations;  // Likewise.
  // Fields that were left out: with kAccepted, and with kDuplicate of an accepted record.
  std::vector<Violation> left_out;
  OutcomeKind first_kind = OutcomeKind::kPending;  // With kDuplicate and KEY_REUSED.
  TimeUs first_received_at;                        // Likewise.
};

// Of a replayed record that was discarded, expired or replaced before the replay could settle it.
inline constexpr std::string_view kQuarantineUnknown = "QUARANTINE_UNKNOWN";

// Reasons a record can be quarantined or rejected for, all of them: the closed set of the metrics'
// label and of docs/ERRORS.md.
inline constexpr std::string_view kReasons[] = {
    "RECORD_MALFORMED",
    "RECORD_TOO_LARGE",
    "KEY_REQUIRED",
    "KEY_TOO_LONG",
    "KEY_NOT_UTF8",
    "KEY_HAS_NUL",
    "KEY_REUSED",
    "EVENT_TIME_REQUIRED",
    "EVENT_TIME_OUT_OF_RANGE",
    "TOO_MANY_IDENTIFIERS",
    "IDENTIFIER_KIND_UNKNOWN",
    "IDENTIFIER_VALUE_REQUIRED",
    "IDENTIFIER_TOO_LONG",
    "IDENTIFIER_NOT_UTF8",
    "IDENTIFIER_HAS_NUL",
    "EMAIL_INVALID",
    "PHONE_INVALID",
    "PHONE_REGION_UNKNOWN",
    "NO_USABLE_IDENTIFIER",
    "SCHEMA_REQUIRED",
    "SCHEMA_UNKNOWN",
    "SCHEMA_KIND_MISMATCH",
    "PAYLOAD_TOO_LARGE",
    "PAYLOAD_MALFORMED",
    "PAYLOAD_HAS_NUL",
    "NOT_STORABLE",
    "DATE_AMBIGUOUS",
    "SCHEMA_RETIRED",
    "PAYLOAD_TOO_DEEP",
    "PAYLOAD_TYPE_MISMATCH",
    "PAYLOAD_NOT_UTF8",
    "UNKNOWN_FIELD",
    "ENUM_VALUE_UNKNOWN",
    "FIELD_REQUIRED",
    "TOO_SHORT",
    "TOO_LONG",
    "OUT_OF_RANGE",
    "PATTERN_MISMATCH",
    "NOT_IN_LIST",
    "NOT_IN_VOCABULARY",
    "TOO_FEW_ITEMS",
    "TOO_MANY_ITEMS",
    "AT_LEAST_ONE_REQUIRED",
    "ALL_OR_NONE_REQUIRED",
    "FIELDS_OUT_OF_ORDER",
    "DATE_ZONE_UNKNOWN",
    "CURRENCY_AMBIGUOUS",
    "CURRENCY_UNKNOWN",
    "URL_SCHEME_UNKNOWN",
    "URL_HAS_USER",
    "URL_INVALID",
    "UUID_INVALID",
    "POSTAL_CODE_INVALID",
    "POSTAL_CODE_COUNTRY_UNKNOWN",
    "TEXT_INVALID",
    "ADDRESS_INVALID",
    "DATE_IMPOSSIBLE",
    "DATE_INVALID",
    "COUNTRY_AMBIGUOUS",
    "COUNTRY_UNSPECIFIED",
    "COUNTRY_NOT_A_COUNTRY",
    "COUNTRY_UNKNOWN",
    "LANGUAGE_AMBIGUOUS",
    "LANGUAGE_UNKNOWN",
    "NAME_INVALID",
    "ISO_CODES_MISSING",
    "OPERATION_UNKNOWN",
    "OPERATION_WITHOUT_VALUE",
    "OPERATION_UNFIT",
    "OPERATION_FIELD_UNKNOWN",
    "TOO_MANY_OPERATIONS",
    "REVISION_MISMATCH",
    kQuarantineUnknown,
    "CHECK_FAILED",
    "VALUE_WITHOUT_KIND",
    "TOO_MANY_PURPOSES",
    "CONSENT_MALFORMED",
    "ATTRIBUTE_FULL",
    "PROFILE_FULL",
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_OUTCOME_H_
