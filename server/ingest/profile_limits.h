// How large an update may make a profile.
#ifndef SELFSAME_SERVER_INGEST_PROFILE_LIMITS_H_
#define SELFSAME_SERVER_INGEST_PROFILE_LIMITS_H_

#include <optional>
#include <set>
#include <string>

#include "base/error.h"
#include "identity/fold.h"

namespace selfsame::ingest {

// What is wrong with an update that changed the attributes named: one of them or the whole is
// larger than it may be (ATTRIBUTE_FULL, PROFILE_FULL, server/ingest/limits.h), and larger than
// before.
std::optional<Violation> FindExcess(const identity::Attributes& before,
                                    const identity::Attributes& after,
                                    const std::set<std::string>& changed);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_PROFILE_LIMITS_H_
