// Strong types for every id, so that none is mistaken for another. Values only; how they are made
// is in base/uuid.h (random, time-ordered) and identity/node_id.h (keyed hashes).
#ifndef SELFSAME_BASE_IDS_H_
#define SELFSAME_BASE_IDS_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string_view>

namespace selfsame {

// An integer id of one kind. Zero is "none": the database numbers from one.
template <typename Tag, typename Int>
struct IntId {
  Int value = 0;
  auto operator<=>(const IntId&) const = default;
};

using TenantId = IntId<struct TenantTag, std::int32_t>;
using SourceId = IntId<struct SourceTag, std::int32_t>;
using SchemaId = IntId<struct SchemaTag, std::int32_t>;
using Shard = IntId<struct ShardTag, std::int32_t>;

// Sixteen bytes of one kind, ordered as PostgreSQL orders uuid and bytea: by unsigned bytes.
template <typename Tag>
struct Id128 {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Id128&) const = default;
  bool IsNil() const { return *this == Id128{}; }
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  // Requires: raw.size() == 16.
  static Id128 FromBytes(std::string_view raw) {
    Id128 id;
    std::memcpy(id.bytes.data(), raw.data(), id.bytes.size());
    return id;
  }
};

using RecordId = Id128<struct RecordTag>;          // UUIDv7 of an accepted or quarantined record.
using ProfileId = Id128<struct ProfileTag>;        // UUIDv7, see docs/GLOSSARY in ARCHITECTURE.md.
using ComponentId = Id128<struct ComponentTag>;    // Smallest birth id of a component.
using EventUuid = Id128<struct EventUuidTag>;      // Any other UUIDv7: outbox rows, history rows.
using NodeId = Id128<struct NodeTag>;              // Keyed hash of (kind, canonical value).
using Fingerprint = Id128<struct FingerprintTag>;  // Hash of a record's body.

// Hash for unordered containers. The bytes are hashes or random already: the tail is taken.
struct Id128Hash {
  template <typename Tag>
  std::size_t operator()(const Id128<Tag>& id) const {
    std::size_t tail;
    std::memcpy(&tail, id.bytes.data() + 8, sizeof(tail));
    return tail;
  }
};

}  // namespace selfsame

template <typename Tag, typename Int>
struct std::hash<selfsame::IntId<Tag, Int>> {
  std::size_t operator()(const selfsame::IntId<Tag, Int>& id) const {
    return std::hash<Int>()(id.value);
  }
};

#endif  // SELFSAME_BASE_IDS_H_
