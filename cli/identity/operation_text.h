// Decisions as text for people.
#ifndef SELFSAME_CLI_IDENTITY_OPERATION_TEXT_H_
#define SELFSAME_CLI_IDENTITY_OPERATION_TEXT_H_

#include <string>

#include "selfsame/identity/v1/identity.pb.h"

namespace selfsame::cli {

// A table, one a line: when, what kind, who, why, its id, and what it was about.
std::string OperationTable(const identity::v1::ListOperationsResponse& operations);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IDENTITY_OPERATION_TEXT_H_
