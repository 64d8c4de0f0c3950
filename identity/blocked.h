// Values that sources send when they mean "nobody": never identifiers.
#ifndef SELFSAME_IDENTITY_BLOCKED_H_
#define SELFSAME_IDENTITY_BLOCKED_H_

#include <string_view>

namespace selfsame::identity {

// True for a canonical value (identity/canonicalize.h) that stands for nobody when it is given as
// an identifier of this kind. Compared without case and without surrounding quotes. Sources of the
// lists: what Segment, PostHog, Adobe and Amperity document as blocked, in docs/IDENTIFIERS.md.
bool IsBlockedValue(std::string_view kind, std::string_view canonical);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_BLOCKED_H_
