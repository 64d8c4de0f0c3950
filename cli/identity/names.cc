#include "cli/identity/names.h"

namespace selfsame::cli {

Result<ingest::v1::Identifier> IdentifierOf(const std::string& name) {
  const std::size_t equals = name.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == name.size()) {
    return Error{ErrorCode::kInvalidArgument, "IDENTIFIER_MALFORMED",
                 "an identifier is KIND=VALUE, for example customer_id=1001"};
  }
  ingest::v1::Identifier identifier;
  identifier.set_kind(name.substr(0, equals));
  identifier.set_value(name.substr(equals + 1));
  return identifier;
}

Result<profile::v1::ProfileRef> RefOf(const std::string& name) {
  profile::v1::ProfileRef ref;
  if (name.find('=') == std::string::npos) {
    ref.set_profile_id(name);
    return ref;
  }
  SELFSAME_ASSIGN_OR_RETURN(*ref.mutable_identifier(), IdentifierOf(name));
  return ref;
}

std::string JoinNames(
    const google::protobuf::RepeatedPtrField<ingest::v1::Identifier>& identifiers) {
  std::string names;
  for (const auto& identifier : identifiers) {
    if (!names.empty()) names += ' ';
    names += identifier.kind() + "=" + identifier.value();
  }
  return names;
}

}  // namespace selfsame::cli
