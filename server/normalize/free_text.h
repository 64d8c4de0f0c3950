// Free text: what somebody wrote to be read, such as a note or a review.
#ifndef SELFSAME_SERVER_NORMALIZE_FREE_TEXT_H_
#define SELFSAME_SERVER_NORMALIZE_FREE_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::normalize {

inline constexpr std::size_t kFreeTextBytesMax = 65'536;  // As much as a payload holds.

// NFC; every line break a \n; other control characters but \t dropped, and what is invisible or
// turns the direction of writing (joiners stay where a script or an emoji needs them); white space
// at the ends cut off. Case, words and white space within stay. May leave nothing: an empty text is
// one. Errors: kInvalidArgument TEXT_INVALID (not UTF-8, or too long). Pure, thread-safe.
Result<std::string> NormalizeText(std::string_view value);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_FREE_TEXT_H_
