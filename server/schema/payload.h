// Payloads: bytes held to their schema.
#ifndef SELFSAME_SERVER_SCHEMA_PAYLOAD_H_
#define SELFSAME_SERVER_SCHEMA_PAYLOAD_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "server/schema/compiled_schema.h"
#include "server/schema/json_payload.h"
#include "server/schema/validate.h"

namespace google::protobuf {
class Message;
}

namespace selfsame::schema {

enum class Encoding { kProtobuf, kJson };

// An attribute's name and its value as JSON text.
using AttributeValue = std::pair<std::string, std::string>;

struct CheckedPayload {
  std::vector<Violation> violations;       // Empty: the payload follows its schema.
  bool is_rejected = false;                // By the schema's policy nothing of it may be kept.
  std::vector<AttributeValue> attributes;  // Of a profile schema: each field that its sender set.
  // By attribute: a JSON object of the values derived of it, where there are any.
  std::vector<AttributeValue> derived;
  // Top-level fields whose canonical form is not what was sent, as a JSON object; empty: none.
  std::string normalized;
  // Which fields are set: indices of the schema's entries.
  std::vector<std::uint16_t> filled;
  // The values of its closed fields, where they are set.
  std::vector<ClosedValue> closed;
  std::vector<Drift> drift;
  // Fields that were left out, each once with its first violation, and the payload without them, to
  // which all the rest applies. Empty: the payload is kept as it was sent.
  std::vector<Violation> left_out;
  std::string remaining;
};

// At most this many fields of a record are left out, in so many rounds: each leaves out what was
// wrong with the rest that the one before had left.
inline constexpr std::size_t kLeftOutMax = 100;
inline constexpr int kLeaveOutRoundsMax = 8;

// Decodes a payload, brings its texts to canonical form, and reports all that is wrong with it:
//   PAYLOAD_MALFORMED      not a message of the schema;
//   PAYLOAD_TYPE_MISMATCH  a member of JSON of another type; a time that is none; the field is
//   named; PAYLOAD_TOO_DEEP       nested beyond kJsonDepthMax, as JSON; PAYLOAD_HAS_NUL        a
//   string holds a NUL character; the field is named; PAYLOAD_NOT_UTF8       likewise, of proto2;
//   UNKNOWN_FIELD, ENUM_VALUE_UNKNOWN         where the schema's policy minds;
//   FIELD_REQUIRED, TOO_LONG, EMAIL_INVALID ...  what the schema's options ask for, by
//                          proto/selfsame/options/v1.
// Where the schema or the customs say that invalid optional fields are left out, and the payload
// follows its schema without them, it has no violations, but fields left out.
// Thread-safe; never fails otherwise, whatever the bytes.
CheckedPayload CheckPayload(const CompiledSchema& schema, Encoding encoding,
                            std::string_view payload, const Customs& customs);

// A stored payload as a JSON object with the schema's field names.
// Errors: kInternal PAYLOAD_UNREADABLE.
Result<std::string> PayloadJson(const CompiledSchema& schema, Encoding encoding,
                                std::string_view payload);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_PAYLOAD_H_
