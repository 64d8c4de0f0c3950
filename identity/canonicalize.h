// What every canonical form of an identifier begins with. Pure; the only file of identity that uses
// ICU. The forms of each kind are server/ingest/canonical_identifier.h's.
#ifndef SELFSAME_IDENTITY_CANONICALIZE_H_
#define SELFSAME_IDENTITY_CANONICALIZE_H_

#include <string>
#include <string_view>

namespace selfsame::identity {

// True for well-formed UTF-8 (no surrogates, no overlong forms). Thread-safe.
bool IsUtf8(std::string_view text);

// NFKC, without invisible characters (zero width, marks of direction), white space cut off both
// ends: also what every comparison with blocked values begins with. Requires: UTF-8. Thread-safe.
std::string NormalizeText(std::string_view value);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_CANONICALIZE_H_
