// A record as a person reads and edits it: JSON with the payload in it.
//
//   {"key": "k-1", "event_time": "2026-03-01T12:00:00Z",
//    "identifiers": [{"kind": "customer_id", "value": "1001"}],
//    "schema": {"name": "shop.v1.Order", "version": 1},
//    "payload": {"order_id": "77", "total": 12.5}}
//
// A payload that cannot be shown so is "payload_text", JSON that is broken, or "payload_base64",
// bytes that do not follow the schema.
#ifndef SELFSAME_CLI_QUARANTINE_RECORD_FORM_H_
#define SELFSAME_CLI_QUARANTINE_RECORD_FORM_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "selfsame/quarantine/v1/quarantine.pb.h"
#include "server/schema/descriptors.h"

namespace selfsame::cli {

enum class BodyKind { kEvent, kProfileUpdate };

// The form of a body. `type` decodes a protobuf payload; null: it is not known.
// Errors: kFailedPrecondition BODY_UNREADABLE when the bytes are no record of its kind.
Result<nlohmann::ordered_json> FormOf(BodyKind kind, const std::string& body,
                                      const schema::MessageType* type);

// The schema that a body names; empty where the bytes are no record. The version is 0 for the
// newest.
struct NamedSchema {
  std::string name;
  std::uint32_t version = 0;
};
NamedSchema SchemaOf(BodyKind kind, const std::string& body);

// One change to a form: `path` is "payload.items[0].sku".
struct Edit {
  std::string path;
  std::string value;  // As ParseEdit says.
  bool removes = false;
};

// Of "PATH=VALUE". Errors: kInvalidArgument EDIT_MALFORMED.
Result<Edit> ParseEdit(std::string_view text);

// Makes one change. A value that replaces a text is a text; otherwise it is read as JSON where it
// is JSON (5, true, "5", {"a": 1}) and is a text where it is not. Objects on the way are made, and
// an item may be added at the end of a list. Errors: kInvalidArgument EDIT_MALFORMED, naming the
// path.
Status ApplyEdit(const Edit& edit, nlohmann::ordered_json& form);

// A patch with the record of an edited form. Where the form's payload is the original's the
// payload stays as it was, to the byte; otherwise it becomes JSON.
// Errors: kInvalidArgument RECORD_MALFORMED.
Result<quarantine::v1::PatchRequest> PatchOf(BodyKind kind, const std::string& original_body,
                                             const nlohmann::ordered_json& original_form,
                                             const nlohmann::ordered_json& form);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_QUARANTINE_RECORD_FORM_H_
