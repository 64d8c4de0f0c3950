// Names of people: tidied, cased as their bearers would write them, and a key to find them by.
#ifndef SELFSAME_SERVER_NORMALIZE_PERSON_NAME_H_
#define SELFSAME_SERVER_NORMALIZE_PERSON_NAME_H_

#include <string>
#include <string_view>

#include "base/result.h"

namespace selfsame::normalize {

// Which part of a name a field holds; decides where a particle may stand ("Ben" is a given name,
// "ben Gurion" a family name).
enum class NamePart { kFull, kGiven, kFamily };

struct PersonNameOptions {
  NamePart part = NamePart::kFull;
};

struct NormalizedPersonName {
  std::string display;    // NFC, one space between words.
  std::string match_key;  // Case, accents and punctuation gone; letters of every script kept.
};

// Words are cased only where the value has a single case (JANE O'NEILL, jane o'neill): what
// somebody typed in mixed case is how she writes it. Scripts without case stay as they are.
// Errors: kInvalidArgument NAME_INVALID (no letter in it; an e-mail address or URL; not UTF-8 or
// too long). Pure, thread-safe.
Result<NormalizedPersonName> NormalizePersonName(std::string_view value,
                                                 const PersonNameOptions& options = {});

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_PERSON_NAME_H_
