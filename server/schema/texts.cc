#include "server/schema/texts.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>

#include "identity/canonicalize.h"
#include "server/schema/path.h"

namespace selfsame::schema {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Depth is bounded by protobuf's own recursion limit at decoding.
class BadTextFinder {
 public:
  explicit BadTextFinder(std::vector<Violation>& violations) : violations_(violations) {}

  void Run(const Message& message) {
    std::vector<const FieldDescriptor*> fields;
    message.GetReflection()->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      const Path::Step step(path_, *field);
      if (!field->is_repeated()) {
        Look(message, *field, -1);
        continue;
      }
      const int count = message.GetReflection()->FieldSize(message, field);
      for (int i = 0; i < count; ++i) {
        path_.SetIndex(i);
        Look(message, *field, i);
      }
    }
  }

 private:
  void Look(const Message& message, const FieldDescriptor& field, int index) {
    const Reflection& reflection = *message.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return Run(index < 0 ? reflection.GetMessage(message, &field)
                           : reflection.GetRepeatedMessage(message, &field, index));
    }
    if (field.type() != FieldDescriptor::TYPE_STRING) return;
    std::string scratch;
    const std::string& value =
        index < 0 ? reflection.GetStringReference(message, &field, &scratch)
                  : reflection.GetRepeatedStringReference(message, &field, index, &scratch);
    if (!identity::IsUtf8(value)) {
      AddViolation({path_.Text(), "PAYLOAD_NOT_UTF8", "is not UTF-8"}, &violations_);
    } else if (value.find('\0') != std::string::npos) {
      AddViolation({path_.Text(), "PAYLOAD_HAS_NUL", "holds a NUL character"}, &violations_);
    }
  }

  std::vector<Violation>& violations_;
  Path path_;
};

}  // namespace

bool MayHoldBadTexts(const Rules& rules, Encoding encoding, std::string_view payload) {
  // Of proto3 the decoder itself refuses what is not UTF-8.
  return rules.has_proto2() || payload.find('\0') != std::string_view::npos ||
         (encoding == Encoding::kJson && payload.find("u0000") != std::string_view::npos);
}

void FindBadTexts(const Message& message, std::vector<Violation>* violations) {
  BadTextFinder(*violations).Run(message);
}

}  // namespace selfsame::schema
