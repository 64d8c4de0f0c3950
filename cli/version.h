// The version of this program and the commit it was built from, from the build.
#ifndef SELFSAME_CLI_VERSION_H_
#define SELFSAME_CLI_VERSION_H_

namespace selfsame::cli {

inline constexpr const char* kVersion =
    "selfsame " SELFSAME_VERSION " (commit " SELFSAME_COMMIT ")";

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_VERSION_H_
