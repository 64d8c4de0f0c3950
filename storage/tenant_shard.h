// Where a statement of the hot path works: one tenant within one shard. Leads every key.
#ifndef SELFSAME_STORAGE_TENANT_SHARD_H_
#define SELFSAME_STORAGE_TENANT_SHARD_H_

#include "base/ids.h"
#include "storage/pg/binary.h"

namespace selfsame::storage {

struct TenantShard {
  Shard shard;
  TenantId tenant;
};

// The first two parameters of every hot statement: $1 shard, $2 tenant_id.
inline pg::Params KeyParams(const TenantShard& where) {
  pg::Params params;
  params.Int(where.shard.value).Int(where.tenant.value);
  return params;
}

// A uuid[] parameter from any range of 16-byte ids.
template <typename Ids>
pg::Array UuidArray(const Ids& ids) {
  pg::Array array(pg::Oid::kUuid, ids.size());
  for (const auto& id : ids) array.Bytes(id.view());
  return array;
}

}  // namespace selfsame::storage

#endif  // SELFSAME_STORAGE_TENANT_SHARD_H_
