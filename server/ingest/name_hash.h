// The name of a person as a profile update claims it, as a keyed hash: enough to see that two are
// different, and nothing else.
#ifndef SELFSAME_SERVER_INGEST_NAME_HASH_H_
#define SELFSAME_SERVER_INGEST_NAME_HASH_H_

#include <span>
#include <string_view>

#include "base/ids.h"
#include "server/schema/catalog.h"
#include "server/schema/payload.h"

namespace selfsame::ingest {

// Of the attributes that the schema calls names: the full name, else the given and the family name.
// Two writings of one name have one hash. Nil where there is none. Thread-safe.
NodeId NameHash(std::string_view node_key, const schema::Schema& schema,
                std::span<const schema::AttributeValue> attributes);

}  // namespace selfsame::ingest

#endif  // SELFSAME_SERVER_INGEST_NAME_HASH_H_
