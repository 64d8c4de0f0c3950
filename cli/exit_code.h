// What the program's exit status says. Documented in every command's help; scripts rely on it.
#ifndef SELFSAME_CLI_EXIT_CODE_H_
#define SELFSAME_CLI_EXIT_CODE_H_

#include "base/error.h"

namespace selfsame::cli {

enum class ExitCode : int {
  kDone = 0,
  kFailed = 1,       // Something did not work, or not all of it.
  kUsage = 2,        // The command was not understood, or what it was given is no good.
  kNotFound = 3,     // The thing it names does not exist.
  kRefused = 4,      // Not allowed, or not in the state that is needed.
  kUnavailable = 5,  // The server or the database does not answer; try again later.
  kLeftOver = 6,     // All was tried; records stay in quarantine, or counts do not agree.
};

ExitCode ExitCodeOf(ErrorCode code);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_EXIT_CODE_H_
