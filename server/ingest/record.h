// A record on its way: as it came in, and made ready to be committed. Views point into the bytes of
// the request, which the submission keeps.
#ifndef SELFSAME_SERVER_INGEST_RECORD_H_
#define SELFSAME_SERVER_INGEST_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/time.h"
#include "identity/fold.h"
#include "identity/ruleset.h"
#include "server/ingest/outcome.h"
#include "server/schema/payload.h"
#include "storage/records.h"

namespace selfsame::ingest {

using storage::PayloadFormat;
using storage::RecordKind;

struct IncomingIdentifier {
  std::string_view kind;
  std::string_view value;
};

// What a profile update does to one attribute; a number of selfsame.ingest.v1.AttributeOperation.
struct IncomingOperation {
  std::string_view attribute;
  int operation = 0;
};

// What a client sent, decoded but not checked: any field may hold any bytes.
struct IncomingRecord {
  RecordKind kind = RecordKind::kEvent;
  bool is_malformed = false;  // `body` is no record at all; nothing else is set.
  std::string_view body;      // The record's own bytes.
  std::string_view key;
  bool has_event_time = false;
  std::int64_t event_seconds = 0;
  std::int32_t event_nanos = 0;
  std::vector<IncomingIdentifier> identifiers;
  std::string_view schema_name;
  std::uint32_t schema_version = 0;
  PayloadFormat format = PayloadFormat::kProtobuf;
  std::string_view payload;
  std::string_view consent;  // The bytes of a ConsentContext.
  std::size_t consent_purposes = 0;
  bool is_consent_malformed = false;
  std::vector<IncomingOperation> operations;  // Of attributes that are not simply set.
  std::optional<std::int64_t> if_revision;    // Of a profile update.
};

// An identifier of a record that can be a node.
struct Mention {
  NodeId node;
  const identity::KindRule* rule =
      nullptr;  // Of the tenant's ruleset, which the submission keeps; never null.
  std::string kind;
  std::string canonical;
  bool links_nobody = false;  // A mailbox of many: born out of the graph.
  // An anonymous id of a source whose anonymous ids belong to one customer at most.
  bool is_of_one_customer = false;
};

// What a key that was accepted, now or before, is settled as.
struct KeySettled {
  Fingerprint fingerprint;
  RecordId record_id;
  TimeUs received_at;
};

// A record ready for its lane. Either `outcome` is settled already (REJECTED at the door), or the
// lane settles it: as quarantined when there are violations, otherwise as accepted.
struct PreparedRecord {
  RecordKind kind = RecordKind::kEvent;
  SourceId source;
  int trust_priority = 0;
  std::string_view key;
  Fingerprint fingerprint;
  RecordId record_id;  // Made once: a second try of the same batch finds its own receipts by it.
  TimeUs event_time;
  TimeUs claim_time;  // event_time, at most five minutes after receipt.
  SchemaId schema;
  PayloadFormat format = PayloadFormat::kProtobuf;
  std::string_view body;
  std::string_view schema_name;
  std::string_view payload;
  std::string_view consent;
  std::vector<Mention> mentions;  // Strongest kind first: the first is the anchor. Distinct.
  std::vector<schema::AttributeValue> attributes;  // Of a profile update.
  // Keyed hash of the person's name that an update claims beside an identifier whose names are
  // counted; nil: none.
  NodeId name;
  std::vector<schema::AttributeValue> derived;  // By attribute: an object of what is derived of it.
  std::string normalized;                       // JSON; empty: nothing differs from the payload.
  std::uint32_t named_version = 0;              // Of the schema, as the record named it.
  std::vector<std::uint16_t> filled;  // Fields of the schema that are set: indices of its entries.
  std::vector<schema::ClosedValue> closed;  // Of its closed fields (server/schema/closed_values.h).
  std::vector<schema::Drift> drift;         // What its schema does not know.
  // Of attributes that are not simply set.
  std::vector<std::pair<std::string, identity::ClaimOperation>> operations;
  std::optional<std::int64_t> if_revision;  // The revision its profile must have.
  std::optional<RecordId> replays;          // The quarantined record that this one is sent again.
  std::vector<Violation> violations;
  std::vector<Violation> ignored;  // Identifiers that stand for nobody.
  // Fields that were left out, and the payload without them; `payload` and `body` are as sent.
  std::vector<Violation> left_out;
  std::string remaining;
  Outcome outcome;
  // The lane's: the place among the records that it took together, by arrival, and how the key is
  // settled for those of the same key behind it.
  std::uint32_t turn = 0;
  std::optional<KeySettled> settled_as;

  bool IsSettled() const { return outcome.kind != OutcomeKind::kPending; }
  bool IsQuarantined() const { return !violations.empty(); }
  identity::ClaimOperation OperationOn(std::string_view attribute) const {
    for (const auto& [name, operation] : operations) {
      if (name == attribute) return operation;
    }
    return identity::ClaimOperation::kSet;
  }
  // Empty where nothing is.
  std::string_view DerivedOf(std::string_view attribute) const {
    for (const auto& [name, object] : derived) {
      if (name == attribute) return object;
    }
    return {};
  }
  // What is stored of the payload.
  std::string_view StoredPayload() const { return left_out.empty() ? payload : remaining; }
  NodeId anchor() const { return mentions.front().node; }
};

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_RECORD_H_
