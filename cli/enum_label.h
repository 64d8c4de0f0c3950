// Values of enums as people read them: "PII" for DATA_CLASS_PII.
#ifndef SELFSAME_CLI_ENUM_LABEL_H_
#define SELFSAME_CLI_ENUM_LABEL_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/generated_enum_reflection.h>

#include <string>

namespace selfsame::cli {

// The value's name without the prefix that all names of the enum share; "-" for 0, which is always
// the unspecified one, and "#7" for a value this program does not know.
std::string EnumLabel(const google::protobuf::EnumDescriptor& type, int number);

template <typename Enum>
std::string EnumLabel(Enum value) {
  return EnumLabel(*google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_ENUM_LABEL_H_
