#include "tests/e2e/deciding.h"

#include <fmt/format.h>

#include "base/seal.h"
#include "base/uuid.h"
#include "storage/tenants.h"

namespace selfsame::test {
namespace {

// "{id,...}" and "{sealed value,...}" of identifiers that are new.
struct NewCustomers {
  std::string ids;
  std::string values;
};

NewCustomers MakeCustomers(int count, std::string_view seal_key) {
  NewCustomers made;
  for (int i = 0; i < count; ++i) {
    const auto id = NewUuidV7<NodeId>(Now());
    const std::string sealed = Seal(seal_key, id.view(), fmt::format("many-{}", i));
    made.ids += (i == 0 ? "{" : ",") + FormatUuid(id);
    made.values += (i == 0 ? "{" : ",") + ("\"\\" + pg::EncodeBytea(sealed) + "\"");
  }
  return {made.ids + "}", made.values + "}"};
}

}  // namespace

void DecidingTest::Flood(const std::string& profile_id, int customers, int days) {
  const auto directory = Must(storage::LoadDirectory(database_->owner(), database_->master_key()));
  const NewCustomers made =
      MakeCustomers(customers, directory.FindTenant(tenant_.tenant)->seal_key.reveal());
  Must(database_->owner().InTransaction(TenantId{}, [&](pqxx::work& tx) -> Status {
    tx.exec(fmt::format(R"(
        WITH many AS MATERIALIZED (
          SELECT i.shard, i.tenant_id, i.node_id AS shared, n.id, n.value,
                 now() AS seen_at, now() + interval '{} days' AS at
          FROM identifiers AS i, unnest('{}'::uuid[], '{}'::bytea[]) AS n (id, value)
          WHERE i.profile_id = '{}'),
        new AS (
          INSERT INTO identifiers (first_seen_at, shard, tenant_id, node_id, birth_id, component_id,
                                   profile_id, kind, value_sealed)
          SELECT seen_at, shard, tenant_id, id, id, id, id, 'customer_id', value FROM many)
        INSERT INTO edges (first_evidence_at, shard, tenant_id, strength, refusal, node_a, node_b,
                           record_id)
        SELECT at, shard, tenant_id, 2, 5, least(shared, id), greatest(shared, id), id FROM many)",
                        days, made.ids, made.values, profile_id));
    tx.exec("ANALYZE identifiers, edges");
    return {};
  }));
}

}  // namespace selfsame::test
