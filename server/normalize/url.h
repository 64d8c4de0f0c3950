// Web addresses in one form, so that the same page is one value.
#ifndef SELFSAME_SERVER_NORMALIZE_URL_H_
#define SELFSAME_SERVER_NORMALIZE_URL_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::normalize {

// http and https only. Scheme and host in lower case, the host in ASCII, a default port dropped,
// "." and ".." resolved, an empty path "/", percent-encodings in upper case and undone where RFC
// 3986 calls a character unreserved; what is not ASCII is encoded. Query and fragment are kept.
// Errors: kInvalidArgument
//   URL_SCHEME_UNKNOWN  no http or https before the host: nothing is guessed;
//   URL_HAS_USER        a user or password in it is a secret, and no part of an address;
//   URL_INVALID         the rest.
// Pure, thread-safe.
Result<std::string> NormalizeUrl(std::string_view value);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_URL_H_
