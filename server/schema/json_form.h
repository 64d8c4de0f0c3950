// What a schema must be for its records to have one JSON form: no groups, and no two fields that
// one member could mean.
#ifndef SELFSAME_SERVER_SCHEMA_JSON_FORM_H_
#define SELFSAME_SERVER_SCHEMA_JSON_FORM_H_

#include <vector>

#include "server/schema/finding.h"

namespace google::protobuf {
class Descriptor;
}

namespace selfsame::schema {

// Of the message and of all it reaches through fields and extensions, at most kFindingsMax:
//   GROUP_UNSUPPORTED    a group, which protobuf cannot write as JSON; or a message set;
//   JSON_NAME_AMBIGUOUS  a field whose name or json_name is, without case and underscores, another
//                        field's: one member would fill either of them.
std::vector<Finding> CheckJsonForm(const google::protobuf::Descriptor& message);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_JSON_FORM_H_
