#include "identity/node_id.h"

#include "base/hash.h"

namespace selfsame::identity {

NodeId NodeIdOf(std::string_view node_key, std::string_view kind, std::string_view canonical) {
  return NodeId{Hasher(node_key).Add(kind).Add(canonical).Finish()};
}

}  // namespace selfsame::identity
