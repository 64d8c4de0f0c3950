#include "cli/enum_label.h"

#include <algorithm>

namespace selfsame::cli {
namespace {

// What all names begin with, up to an underscore.
std::size_t PrefixLength(const google::protobuf::EnumDescriptor& type) {
  const std::string& first = type.value(0)->name();
  std::size_t length = first.size();
  for (int i = 1; i < type.value_count(); ++i) {
    const std::string& name = type.value(i)->name();
    const auto differs = std::mismatch(first.begin(), first.end(), name.begin(), name.end());
    length = std::min(length, static_cast<std::size_t>(differs.first - first.begin()));
  }
  const std::size_t underscore = length == 0 ? std::string::npos : first.rfind('_', length - 1);
  return underscore == std::string::npos ? 0 : underscore + 1;
}

}  // namespace

std::string EnumLabel(const google::protobuf::EnumDescriptor& type, int number) {
  if (number == 0) return "-";
  const auto* value = type.FindValueByNumber(number);
  return value == nullptr ? "#" + std::to_string(number) : value->name().substr(PrefixLength(type));
}

}  // namespace selfsame::cli
