// The names that people gave beside an identifier, as keyed hashes: how many different ones says
// whether it is one person's.
#ifndef SELFSAME_STORAGE_IDENTIFIER_NAMES_H_
#define SELFSAME_STORAGE_IDENTIFIER_NAMES_H_

#include <span>
#include <unordered_map>
#include <utility>

#include "base/ids.h"
#include "base/result.h"
#include "storage/pg/bulk.h"
#include "storage/tenant_shard.h"

namespace selfsame::storage {

// An identifier, and the keyed hash of a name.
using NameOfNode = std::pair<NodeId, NodeId>;

// Keeps names that are new. Requires: sorted, distinct; the components of the identifiers are
// locked or born in this transaction, so that a count afterwards is the count.
Status InsertIdentifierNames(pg::BulkConnection& connection, const TenantShard& where,
                             std::span<const NameOfNode> names);

// How many names each identifier has been seen with; those without any are absent.
Result<std::unordered_map<NodeId, int, Id128Hash>> CountIdentifierNames(
    pg::BulkConnection& connection, const TenantShard& where, std::span<const NodeId> nodes);

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_IDENTIFIER_NAMES_H_
