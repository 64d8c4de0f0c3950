// The two JSON columns of a profile, to and from folded attributes. Only there for
// storage/profiles.cc and storage/profile_reader.cc.
#ifndef SELFSAME_STORAGE_ATTRIBUTES_JSON_H_
#define SELFSAME_STORAGE_ATTRIBUTES_JSON_H_

#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/fold.h"

namespace selfsame::storage {

// {"name": value}: what readers of the table want, with the values derived of others.
std::string AttributesJson(const identity::Attributes& attributes);

// {"name": {"p", "t", "s", "k", "r"}}: what the next fold needs; also "o" the operation, "v" the
// schema, "d" an object of the values derived of it, and "c" 1 for a composite one, 2 for one that
// is a list, where they are not the usual; and "a", what was added:
// {"n": ExactSum::Exact, "b": an entry like this one of what it was added to, with its value "x"}.
// An unset has an entry here only.
std::string ProvenanceJson(const identity::Attributes& attributes);

// Errors: kInternal PROFILE_MALFORMED when the two do not belong together.
Result<identity::Attributes> ParseAttributes(std::string_view attributes,
                                             std::string_view provenance);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_ATTRIBUTES_JSON_H_
