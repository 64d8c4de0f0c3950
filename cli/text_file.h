// Small files whole: settings, maps, credentials.
#ifndef SELFSAME_CLI_TEXT_FILE_H_
#define SELFSAME_CLI_TEXT_FILE_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::cli {

// Files longer than this are not read unless the caller allows for more.
inline constexpr std::size_t kTextFileBytesMax = 1 << 20;

// Errors: kNotFound FILE_NOT_FOUND; kFailedPrecondition FILE_UNREADABLE, with the system's reason.
Result<std::string> ReadTextFile(const std::string& path,
                                 std::size_t bytes_max = kTextFileBytesMax);

// Replaces the file in one step; others may read it. Errors: kFailedPrecondition FILE_UNWRITABLE.
Status WriteFile(const std::string& path, std::string_view bytes);

// Replaces the file in one step, readable by its owner alone; a crash leaves the old one or the
// new one. Errors: kFailedPrecondition FILE_UNWRITABLE.
Status WriteSecretFile(const std::string& path, std::string_view text);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_TEXT_FILE_H_
