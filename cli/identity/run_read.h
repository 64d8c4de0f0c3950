// The verbs of `selfsame identity` that only read.
#ifndef SELFSAME_CLI_IDENTITY_RUN_READ_H_
#define SELFSAME_CLI_IDENTITY_RUN_READ_H_

#include "cli/command.h"

namespace selfsame::cli {

// Declares explain, explain-attribute and history.
void AddIdentityReads(CLI::App& noun, CommandLine& line);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_IDENTITY_RUN_READ_H_
