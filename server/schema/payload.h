// Payloads: bytes held to their schema. The only place that uses protobuf reflection.
#ifndef SELFSAME_SERVER_SCHEMA_PAYLOAD_H_
#define SELFSAME_SERVER_SCHEMA_PAYLOAD_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "server/schema/catalog.h"

namespace google::protobuf {
class Message;
}

namespace selfsame::schema {

enum class Encoding { kProtobuf, kJson };

// An attribute's name and its value as JSON text.
using AttributeValue = std::pair<std::string, std::string>;

struct CheckedPayload {
  std::vector<Violation> violations;       // Empty: the payload follows its schema.
  std::vector<AttributeValue> attributes;  // Of a profile schema: each field that is set.
};

// Decodes a payload and reports what is wrong with it:
//   PAYLOAD_MALFORMED  not a message of the schema (broken bytes, JSON with unknown or mistyped
//                      fields, strings that are not UTF-8);
//   PAYLOAD_HAS_NUL    a string holds a NUL character; the field is named;
//   EMAIL_INVALID ...  of a profile schema: a value that cannot be brought to its field's format
//                      (server/schema/attributes.h).
// Thread-safe; never fails otherwise, whatever the bytes.
CheckedPayload CheckPayload(const Schema& schema, Encoding encoding, std::string_view payload);

// A stored payload as a JSON object with the schema's field names.
// Errors: kInternal PAYLOAD_UNREADABLE.
Result<std::string> PayloadJson(const Schema& schema, Encoding encoding, std::string_view payload);

// Fills a message, such as google.protobuf.Value, from its JSON form; false when it does not fit.
bool ParseJson(std::string_view json, google::protobuf::Message* message);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_PAYLOAD_H_
