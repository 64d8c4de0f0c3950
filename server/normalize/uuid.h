// UUIDs in the one form of RFC 9562.
#ifndef SELFSAME_SERVER_NORMALIZE_UUID_H_
#define SELFSAME_SERVER_NORMALIZE_UUID_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::normalize {

// Lower-case 8-4-4-4-12, of any version. Takes upper case, braces, "urn:uuid:" and 32 digits
// without hyphens; hyphens in other places are a mistake.
// Errors: kInvalidArgument UUID_INVALID. Pure, thread-safe.
Result<std::string> NormalizeUuid(std::string_view value);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_UUID_H_
