#include <google/protobuf/descriptor.h>

#include "server/schema/compatibility_reserved.h"
#include "server/schema/compatibility_rules.h"

namespace selfsame::schema {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

void CompareDeletedField(const FieldDescriptor& field, const Reservations& reserved,
                         std::vector<Break>& breaks) {
  if (!reserved.HasNumber(field.number())) {
    const std::string number = std::to_string(field.number());
    breaks.push_back({"FIELD_DELETE_RESERVES_NUMBER", PathOf(field), number, "",
                      "deleted without reserving its number " + number});
  }
  if (!reserved.HasName(field.name())) {
    breaks.push_back({"FIELD_DELETE_RESERVES_NAME", PathOf(field), field.name(), "",
                      "deleted without reserving its name \"" + field.name() + "\""});
  }
}

// Whoever requires a field refuses every record written without it, so the set may neither grow nor
// shrink.
void CompareRequiredFields(const Descriptor& was, const Descriptor& is,
                           std::vector<Break>& breaks) {
  for (int i = 0; i < was.field_count(); ++i) {
    const FieldDescriptor* now = is.FindFieldByNumber(was.field(i)->number());
    if (!was.field(i)->is_required() || (now != nullptr && now->is_required())) continue;
    breaks.push_back({"MESSAGE_SAME_REQUIRED_FIELDS", PathOf(*was.field(i)), "required", "",
                      "required before and not any more: who still requires it refuses records "
                      "without it"});
  }
  for (int i = 0; i < is.field_count(); ++i) {
    const FieldDescriptor* before = was.FindFieldByNumber(is.field(i)->number());
    if (!is.field(i)->is_required() || (before != nullptr && before->is_required())) continue;
    breaks.push_back({"MESSAGE_SAME_REQUIRED_FIELDS", PathOf(before ? *before : *is.field(i)), "",
                      "required", "required now: records without it are refused"});
  }
}

}  // namespace

void CompareMessages(const Descriptor& was, const Descriptor& is, std::vector<Break>& breaks) {
  const Reservations reserved(is);
  for (int i = 0; i < was.field_count(); ++i) {
    if (is.FindFieldByNumber(was.field(i)->number()) == nullptr)
      CompareDeletedField(*was.field(i), reserved, breaks);
  }
  CompareRequiredFields(was, is, breaks);
  for (const std::string& released : Reservations(was).Released(reserved)) {
    breaks.push_back({"MESSAGE_KEEPS_RESERVED", PathOf(was), Presentable(released), "",
                      "reserved before and not any more"});
  }
  if (HasJsonForm(*was.file()) && !HasJsonForm(*is.file())) {
    breaks.push_back({"MESSAGE_SAME_JSON_FORMAT", PathOf(was), "proto3", "proto2",
                      "the JSON form of proto2 messages is best effort only"});
  }
}

std::string PathOf(const Descriptor& message) {
  const Descriptor* owner = message.containing_type();
  if (message.map_key() == nullptr || owner == nullptr) return message.full_name();
  for (int i = 0; i < owner->field_count(); ++i) {
    if (owner->field(i)->message_type() == &message) return owner->field(i)->full_name();
  }
  return message.full_name();
}

std::string PathOf(const FieldDescriptor& field) {
  if (field.is_extension()) return field.full_name();
  return PathOf(*field.containing_type()) + "." + field.name();
}

bool HasJsonForm(const google::protobuf::FileDescriptor& file) {
  return file.syntax() == google::protobuf::FileDescriptor::SYNTAX_PROTO3;
}

}  // namespace selfsame::schema
