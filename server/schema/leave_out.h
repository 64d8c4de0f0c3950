// Leaving out: which field of a payload a violation is about, and the payload without some of its
// fields. When a payload is treated so is server/schema/payload.h's.
#ifndef SELFSAME_SERVER_SCHEMA_LEAVE_OUT_H_
#define SELFSAME_SERVER_SCHEMA_LEAVE_OUT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "server/schema/rules.h"

namespace selfsame::schema {

// A field by the way to it from the schema's message: none of the fields before the last one is
// repeated. Empty: none.
using FieldPlace = Fields;

// The optional field to leave out so that this violation is gone: the innermost one that holds what
// is invalid and does not itself lie in a list or map, which are left out whole. What is missing,
// what breaks a rule across fields, and two fields of one oneof are wrong with the message around
// them, since nobody can tell which of its fields is. None: the schema's message itself would have
// to go; the violation is the unknown policy's; or the server cannot check the field.
// Requires: `violation` is one of a payload. Thread-safe.
FieldPlace FieldToLeaveOut(const MessageRules& root, const Violation& violation);

// "payload.address.city".
std::string PathOf(const FieldPlace& place);

// A payload without fields. What is left is as it was sent, byte for byte but for the lengths of
// messages and the white space of objects that lost something.
struct Remaining {
  std::string payload;
  std::vector<bool> was_there;  // Of each place.
};
// Requires: the bytes can be parsed. Thread-safe.
Remaining WithoutFieldsOfProtobuf(std::string_view payload, const std::vector<FieldPlace>& places);
Remaining WithoutFieldsOfJson(const google::protobuf::Descriptor& message, std::string_view payload,
                              const std::vector<FieldPlace>& places);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_LEAVE_OUT_H_
