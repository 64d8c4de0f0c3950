#include "cli/proto_json.h"

#include <google/protobuf/util/json_util.h>

#include <nlohmann/json.hpp>
#include <string>

#include "base/check.h"

namespace selfsame::cli {

nlohmann::ordered_json ProtoJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  // Fails only for Any and for times out of range; then the message is shown as empty.
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) text = "{}";
  // Through the sorting kind of object: protobuf prints maps in any order.
  const auto sorted = nlohmann::json::parse(text, nullptr, false);
  SELFSAME_CHECK(!sorted.is_discarded());
  return sorted;
}

}  // namespace selfsame::cli
