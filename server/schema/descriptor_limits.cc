#include "server/schema/descriptor_limits.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <string>
#include <vector>

namespace selfsame::schema {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;
using pb::Message;

Error Invalid(std::string message) {
  return {.code = ErrorCode::kInvalidArgument,
          .reason = "DESCRIPTOR_SET_INVALID",
          .message = std::move(message)};
}

Error TooMany(const char* what, int most) {
  return Invalid("holds more than " + std::to_string(most) + " " + what);
}

// Looks at every element of a set, whatever it is in. Depth is bounded by protobuf's own limit at
// decoding.
class LimitCheck {
 public:
  // `around`: how long the names are of what the element is in.
  Status Run(const Message& element, std::size_t around) {
    SELFSAME_RETURN_IF_ERROR(Count(*element.GetDescriptor()));
    SELFSAME_ASSIGN_OR_RETURN(const std::size_t here, CheckNames(element, around));
    std::vector<const FieldDescriptor*> fields;
    element.GetReflection()->ListFields(element, &fields);
    for (const FieldDescriptor* field : fields) {
      // Positions and comments; options of this server's, which server/schema/rules.h looks at.
      if (field->name() == "source_code_info" || field->is_extension()) continue;
      SELFSAME_RETURN_IF_ERROR(RunField(element, *field, here));
    }
    return {};
  }

 private:
  Status Count(const pb::Descriptor& type) {
    if (&type == pb::FileDescriptorProto::descriptor() && ++files_ > kFilesMax) {
      return TooMany("files", kFilesMax);
    }
    if ((&type == pb::DescriptorProto::descriptor() ||
         &type == pb::EnumDescriptorProto::descriptor()) &&
        ++types_ > kTypesMax) {
      return TooMany("messages and enums", kTypesMax);
    }
    if (&type == pb::FieldDescriptorProto::descriptor() && ++fields_ > kFieldsMax) {
      return TooMany("fields", kFieldsMax);
    }
    if (&type == pb::OneofDescriptorProto::descriptor() && ++oneofs_ > kFieldsMax) {
      return TooMany("oneofs", kFieldsMax);
    }
    if (&type == pb::EnumValueDescriptorProto::descriptor() && ++values_ > kEnumValuesMax) {
      return TooMany("values of enums", kEnumValuesMax);
    }
    if ((&type == pb::DescriptorProto::ReservedRange::descriptor() ||
         &type == pb::DescriptorProto::ExtensionRange::descriptor() ||
         &type == pb::EnumDescriptorProto::EnumReservedRange::descriptor()) &&
        ++ranges_ > kRangesMax) {
      return TooMany("ranges of numbers", kRangesMax);
    }
    // What a parser of .proto files has not finished. Reading the rest is recursion without a
    // bound.
    if (&type == pb::UninterpretedOption::descriptor()) {
      return Invalid("has options that are not interpreted");
    }
    return {};
  }

  Status RunField(const Message& element, const FieldDescriptor& field, std::size_t around) {
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return {};
    const pb::Reflection& reflection = *element.GetReflection();
    if (!field.is_repeated()) return Run(reflection.GetMessage(element, &field), around);
    const int count = reflection.FieldSize(element, &field);
    for (int i = 0; i < count; ++i) {
      SELFSAME_RETURN_IF_ERROR(Run(reflection.GetRepeatedMessage(element, &field, i), around));
    }
    return {};
  }

  // Returns how long the names are of what lies in the element.
  static Result<std::size_t> CheckNames(const Message& element, std::size_t around) {
    const bool is_file = element.GetDescriptor() == pb::FileDescriptorProto::descriptor();
    const std::size_t name = SizeOf(element, "name");
    if (name > (is_file ? kNameBytesMax : kSimpleNameBytesMax) ||
        SizeOf(element, "json_name") > kSimpleNameBytesMax) {
      return Invalid("holds a name that is too long");
    }
    const std::size_t here = around + 1 + (is_file ? SizeOf(element, "package") : name);
    if (here > kNameBytesMax) return Invalid("holds a name that is too long with its package");
    return here;
  }

  static std::size_t SizeOf(const Message& element, const char* text) {
    const FieldDescriptor* field = element.GetDescriptor()->FindFieldByName(text);
    if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return 0;
    std::string scratch;
    return element.GetReflection()->GetStringReference(element, field, &scratch).size();
  }

  int files_ = 0;
  int types_ = 0;
  int fields_ = 0;
  int oneofs_ = 0;
  int values_ = 0;
  int ranges_ = 0;
};

}  // namespace

Status CheckDescriptorSet(const pb::FileDescriptorSet& files) { return LimitCheck().Run(files, 0); }

}  // namespace selfsame::schema
