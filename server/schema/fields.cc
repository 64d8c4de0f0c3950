#include "server/schema/fields.h"

#include <google/protobuf/descriptor.h>

namespace selfsame::schema {

FieldShape ShapeOf(const Schema& schema, const std::string& field) {
  using google::protobuf::FieldDescriptor;
  const FieldDescriptor* found = schema.compiled->descriptor().FindFieldByName(field);
  if (found == nullptr) return FieldShape::kUnknown;
  if (found->is_map()) return FieldShape::kOther;
  if (found->is_repeated()) return FieldShape::kList;
  switch (found->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT: return FieldShape::kNumber;
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE: return FieldShape::kOther;
  }
  return FieldShape::kOther;
}

}  // namespace selfsame::schema
