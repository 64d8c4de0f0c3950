// The tables behind countries, currencies and languages, built when the server starts.
#ifndef SELFSAME_SERVER_NORMALIZE_TABLES_H_
#define SELFSAME_SERVER_NORMALIZE_TABLES_H_

#include "base/result.h"

namespace selfsame::normalize {

// Builds all tables, in about a second, so that no record waits for them and a machine without
// iso-codes is found out at once. Without this call they are built by the first value. A table that
// could not be built is tried again by the next value, at most once a second.
// Errors: kFailedPrecondition ISO_CODES_MISSING. Thread-safe; a second call costs nothing.
Status BuildTables();

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_TABLES_H_
