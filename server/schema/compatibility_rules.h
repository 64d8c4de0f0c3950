// The rules of compatibility.h, for one pair of elements each. Not for use elsewhere: FindBreaks
// decides which pairs to compare.
#ifndef SELFSAME_SERVER_SCHEMA_COMPATIBILITY_RULES_H_
#define SELFSAME_SERVER_SCHEMA_COMPATIBILITY_RULES_H_

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "server/schema/compatibility.h"

namespace selfsame::schema {

// Each appends what it finds, in no particular order.

// The message itself, and its fields that were deleted; not the fields that both have.
void CompareMessages(const google::protobuf::Descriptor& was,
                     const google::protobuf::Descriptor& is, std::vector<Break>& breaks);

// Requires: the same number of the same message.
void CompareFields(const google::protobuf::FieldDescriptor& was,
                   const google::protobuf::FieldDescriptor& is, std::vector<Break>& breaks);

void CompareEnums(const google::protobuf::EnumDescriptor& was,
                  const google::protobuf::EnumDescriptor& is, std::vector<Break>& breaks);

// The full name, except that what protobuf generates for a map is named after the map's field.
std::string PathOf(const google::protobuf::Descriptor& message);
std::string PathOf(const google::protobuf::FieldDescriptor& field);

// A text of a client's schema as a break may carry it: default values, reserved and JSON names may
// be any bytes of any length. At most 200 bytes of UTF-8; hexadecimal where it is not UTF-8.
std::string Presentable(const std::string& text);

// Whether a file's messages and enums have a JSON form that is held to. Of proto2 it is best
// effort.
bool HasJsonForm(const google::protobuf::FileDescriptor& file);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_COMPATIBILITY_RULES_H_
