// The translations of iso-codes, as gettext installs them: one compiled catalog a language. Only
// for building tables.
#ifndef SELFSAME_SERVER_NORMALIZE_TRANSLATIONS_H_
#define SELFSAME_SERVER_NORMALIZE_TRANSLATIONS_H_

#include <functional>
#include <string_view>

#include "base/result.h"

namespace selfsame::normalize {

// Calls `take` with every English name and its translation, over all languages installed, of one
// standard ("3166-1"), in the languages' order. A catalog that is absent or broken is left out:
// names in other languages are then fewer, never wrong.
// Errors: kFailedPrecondition ISO_CODES_MISSING for one that is there and cannot be opened, which
// is a lack of descriptors or memory; some may have been taken by then.
Status ForEachTranslation(std::string_view standard,
                          const std::function<void(std::string_view, std::string_view)>& take);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_TRANSLATIONS_H_
