// Messages as JSON, for `--output json`.
#ifndef SELFSAME_CLI_PROTO_JSON_H_
#define SELFSAME_CLI_PROTO_JSON_H_

#include <google/protobuf/message.h>

#include <nlohmann/json_fwd.hpp>

namespace selfsame::cli {

// Protobuf's JSON form with the names of the .proto files, fields without a value included, and
// the members of every object sorted by name: the same message always gives the same text.
nlohmann::ordered_json ProtoJson(const google::protobuf::Message& message);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_PROTO_JSON_H_
