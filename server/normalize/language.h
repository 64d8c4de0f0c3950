// Languages by tag or by name in any language, to BCP 47.
#ifndef SELFSAME_SERVER_NORMALIZE_LANGUAGE_H_
#define SELFSAME_SERVER_NORMALIZE_LANGUAGE_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::normalize {

struct NormalizedLanguage {
  std::string tag;  // "de", "zh-Hant-TW": shortest codes, as BCP 47 writes them.
};

// Takes tags in either case with - or _ (en_US.UTF-8), ISO 639 codes of two and three letters
// (ger, deu and withdrawn iw), and names in every language of CLDR and ISO's own. Of a tag the
// language, script and region are kept; variants and extensions, which say how to sort or count,
// are dropped.
// Errors: kInvalidArgument LANGUAGE_AMBIGUOUS, LANGUAGE_UNKNOWN; and kFailedPrecondition
// ISO_CODES_MISSING. The first call builds the table. Thread-safe.
Result<NormalizedLanguage> NormalizeLanguage(std::string_view value);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_LANGUAGE_H_
