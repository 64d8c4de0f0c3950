// Node ids: computed from the identifier alone, never looked up.
#ifndef SELFSAME_IDENTITY_NODE_ID_H_
#define SELFSAME_IDENTITY_NODE_ID_H_

#include <string_view>

#include "base/ids.h"

namespace selfsame::identity {

// BLAKE2b-128 of (kind, canonical value), each with its length, keyed with the tenant's node key
// (32 bytes): nobody without the key can tell which identifier a node stands for. Thread-safe.
NodeId NodeIdOf(std::string_view node_key, std::string_view kind, std::string_view canonical);

}  // namespace selfsame::identity

#endif  // SELFSAME_IDENTITY_NODE_ID_H_
