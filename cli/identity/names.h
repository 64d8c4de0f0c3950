// How identifiers and profiles are named on the command line, and shown.
#ifndef SELFSAME_CLI_IDENTITY_NAMES_H_
#define SELFSAME_CLI_IDENTITY_NAMES_H_

#include <google/protobuf/repeated_field.h>

#include <string>

#include "base/result.h"
#include "selfsame/ingest/v1/ingest.pb.h"
#include "selfsame/profile/v1/profile.pb.h"

namespace selfsame::cli {

// Of KIND=VALUE. Errors: kInvalidArgument IDENTIFIER_MALFORMED.
Result<ingest::v1::Identifier> IdentifierOf(const std::string& name);

// Of KIND=VALUE, or a profile id. Errors: kInvalidArgument IDENTIFIER_MALFORMED.
Result<profile::v1::ProfileRef> RefOf(const std::string& name);

// KIND=VALUE of each, with blanks between them.
std::string JoinNames(
    const google::protobuf::RepeatedPtrField<ingest::v1::Identifier>& identifiers);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IDENTITY_NAMES_H_
